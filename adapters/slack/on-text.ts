import type { SlackEventMiddlewareArgs } from '@slack/bolt';
import type { Asked } from '../../src/asked.ts';
import { ask, isFirst } from '../../src/asking.ts';
import { type Asker, publicly, whisper } from './answering.ts';
import { inText, type SlackDesk } from './desk.ts';
import { whoWrote } from './people.ts';
import { typed } from './text.ts';

/** Commands written as text: `@Release Engineer …` in a channel or thread, or anything in a direct message. */

/** Answers stand in the thread; what is for the asker alone is whispered there. */
export const onMention =
  (desk: SlackDesk) =>
  async ({ event, body }: SlackEventMiddlewareArgs<'app_mention'>) => {
    const { user } = event;
    if (!user || isEdited(event)) return;
    const { botUser } = await desk.web.installation();
    const text = typed(event.text.replaceAll(`<@${botUser}>`, ' ')).trim();
    const asked: Asked = { ...written({ ...event, user }, body), text, via: 'mention' };
    const reply = inText(await ask(desk, asked));
    const asker = { user, channel: event.channel, thread: event.thread_ts ?? event.ts };
    if (await isFirst(desk, asked)) await (reply.private ? whisper : publicly)(desk, asker, reply);
  };

/** A direct message is private as it is. */
export const onMessage =
  (desk: SlackDesk) =>
  async ({ event, body }: SlackEventMiddlewareArgs<'message'>) => {
    if (event.channel_type !== 'im' || event.subtype !== undefined || isEdited(event)) return;
    const text = typed(event.text ?? '').trim();
    const asked: Asked = { ...written(event, body), text, direct: true, via: 'message' };
    const reply = inText(await ask(desk, asked));
    const asker: Asker = { user: event.user, channel: event.channel, thread: event.thread_ts };
    if (await isFirst(desk, asked)) await publicly(desk, asker, reply);
  };

/** Mending a typo in an old message must not deploy. */
const isEdited = (event: object): boolean => 'edited' in event;

type Written = Parameters<typeof whoWrote>[0] & { channel: string; thread_ts?: string };

const written = (event: Written, body: { team_id: string; event_id: string }) => ({
  actor: whoWrote(event, body.team_id),
  from: { surface: 'slack' as const, tenant: body.team_id, channel: event.channel, thread: event.thread_ts },
  key: `slack:${body.event_id}`,
});
