import { no } from '../../src/commands/reply.ts';
import { refuse } from '../../src/errors.ts';
import type { Actor, Address } from '../../src/release/event.ts';
import type { Admitted } from './door.ts';
import { placeOf, threadOf } from './references.ts';
import type { Conversation } from './transport.ts';

/** Who somebody is, and where they speak. */

/** Who gets an answer, and where. */
export interface Asker {
  where: Conversation;
  /** As the Connector names them: `29:…`. */
  person: string;
  /** A chat with us alone: everything that is said there is private. */
  alone: boolean;
}

export const askerOf = ({ activity, where }: Admitted): Asker => ({
  where,
  person: activity.from?.id ?? '',
  alone: isAlone(activity),
});

/** @returns nobody when Teams does not say who it is in Entra, which it does for every account of an organisation */
export const whoActed = ({ activity: { from }, tenant }: Admitted): Actor | undefined =>
  from?.aadObjectId === undefined
    ? undefined
    : { surface: 'teams', tenant, id: from.aadObjectId, name: from.name ?? from.aadObjectId };

export const isBot = ({ activity: { from } }: Admitted): boolean =>
  from?.role === 'bot' || (from?.id ?? '').startsWith('28:');

/** Where it was asked: cards go there when the catalog names no channel. */
export const addressOf = ({ activity, tenant, where }: Admitted): Address => {
  const thread = threadOf(where.id);
  const channel = activity.channelData?.channel?.id ?? placeOf(where.id);
  return { surface: 'teams', tenant, channel, ...(thread ? { thread } : {}) };
};

/** What nobody sent, or cannot be told apart from its own repetition, is worked on by nobody. */
export const isComplete = ({ activity: { id, from } }: Admitted): boolean => id !== undefined && from !== undefined;

/** For whoever Teams does not name. */
export const stranger = no(
  refuse(
    'not-known',
    'Teams does not tell me who you are, so nothing was accepted.',
    'Sign in with the account of your organisation, or ask a colleague to do it.',
  ),
);

/** The platform's own id of this delivery; the same when it is told again. */
export const keyOf = ({ activity, where }: Admitted): string => `teams:${where.id}:${activity.id}`;

export const isAlone = ({ conversation }: Admitted['activity']): boolean =>
  conversation.conversationType === 'personal';
