import { z } from 'zod';

/** What we read of an activity. Everything else in it is not looked at. */

const text = z.string().max(50_000);
const id = z.string().min(1).max(2_000);

const account = z.object({
  id,
  name: text.optional(),
  /** Entra object id: the same for every bot and conversation. */
  aadObjectId: id.optional(),
  role: text.optional(),
});

/** Beside mentions there are many of them, of anybody: one that we cannot read must not take the message with it. */
const entity = z.object({ type: text, text: text.optional(), mentioned: account.optional() }).catch({ type: '' });

export const activity = z.object({
  type: id,
  id: id.optional(),
  name: text.optional(),
  channelId: id.optional(),
  serviceUrl: z.url().optional(),
  text: text.optional(),
  replyToId: id.optional(),
  /** Of an `installationUpdate`: `add`, `remove`, and both with `-upgrade`. */
  action: text.optional(),
  /** Of a `conversationUpdate`. */
  membersAdded: z.array(z.object({ id })).optional(),
  from: account.optional(),
  recipient: account.optional(),
  conversation: z
    .object({ id, conversationType: text.optional(), tenantId: id.optional(), isGroup: z.boolean().optional() })
    .optional(),
  channelData: z
    .object({
      tenant: z.object({ id }).optional(),
      team: z.object({ id }).optional(),
      channel: z.object({ id }).optional(),
    })
    .optional(),
  entities: z.array(entity).optional(),
  value: z.unknown().optional(),
});

/** Something that the Bot Connector tells us: a message, a press (`invoke`), a change of a conversation. */
export type Activity = z.infer<typeof activity>;

/** Somebody called by name; `text` stands in a TextBlock of the card, as `<at>Ann</at>`. */
export interface MentionEntity {
  type: 'mention';
  text: string;
  mentioned: { id: string; name: string };
}

/** An Adaptive Card 1.5, with the people whom it calls in `msteams.entities`. */
export interface AdaptiveCard {
  type: 'AdaptiveCard';
  $schema: string;
  version: '1.5';
  body: object[];
  actions?: object[];
  msteams?: { width?: 'Full'; entities?: MentionEntity[] };
  fallbackText?: string;
  speak?: string;
}

/** A message as we send it: one card, and what a notification and a screen reader have of it. */
export interface Sent {
  summary: string;
  card: AdaptiveCard;
}
