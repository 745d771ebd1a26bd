import { describe, expect, it } from 'vitest';
import { slackChat } from '../../../adapters/slack/chat.ts';
import { TerminalError, TransientError } from '../../../src/errors.ts';
import type { Address } from '../../../src/release/event.ts';
import type { NoteView } from '../../../src/release/view.ts';
import { chatContract } from '../../contracts/chat.ts';
import { buttons, wording } from '../../servers/slack/messages.ts';
import type { Slack, SlackOptions } from '../../servers/slack/slack.ts';
import { slackWith, webOf } from './setup.ts';
import { cardView } from './views.ts';

const address: Address = { surface: 'slack', tenant: 'T0ACME', channel: 'C0PROD' };
const note: NoteView = { kind: 'note', tone: 'bad', text: 'rolled back', mentions: [] };
const find = (slack: Slack, ts: string) => slack.messages('C0PROD').find((it) => it.ts === ts);

/** The texts in which Slack looks for markup: all `mrkdwn` objects, and the fallback. */
const markedUp = (part: unknown): string[] => {
  if (typeof part !== 'object' || part === null) return [];
  const { type, text, blocks } = part as { type?: string; text?: unknown; blocks?: unknown };
  const own = typeof text === 'string' && (type === 'mrkdwn' || blocks !== undefined) ? [text] : [];
  return [...own, ...Object.values(part).flatMap(markedUp)];
};

chatContract('Slack', async () => {
  const slack = await slackWith();
  return {
    chat: slackChat(webOf(slack)),
    address,
    shown: (ts) => find(slack, ts) && wording(find(slack, ts)!),
    channel: () =>
      slack
        .messages('C0PROD')
        .filter((it) => !it.thread || it.broadcast)
        .map(wording),
    thread: (ts) =>
      slack
        .messages('C0PROD')
        .filter((it) => it.thread === ts)
        .map(wording),
    calls: (ts) => markedUp(find(slack, ts)!).flatMap((text) => text.match(/<[!@#][^>]*>/g) ?? []),
    remove: (ts) => {
      find(slack, ts)!.deleted = true;
    },
    breakOnce: () => slack.inject('*', { kind: 'reset' }),
  };
});

const start = async (options: SlackOptions = {}) => {
  const slack = await slackWith(options);
  return { slack, chat: slackChat(webOf(slack)) };
};

describe('a card on Slack', () => {
  it('has the state on the lock screen, asks before it acts, and unfurls nothing', async () => {
    const { slack, chat } = await start();
    const card = find(slack, await chat.post(address, cardView()))!;
    expect(card.text).toBe('✋ payments prod · WAITING FOR APPROVAL · 0 of 2');
    expect(buttons(card).map((it) => [it.label, it.value, it.style])).toEqual([
      ['Approve', 'sealed-approve', 'primary'],
      ['Reject', 'sealed-reject', undefined],
      ['Roll back to 2.4.0', 'sealed-rollback', 'danger'],
    ]);
    const posted = slack.calls.find((it) => it.method === 'chat.postMessage')!;
    expect(posted.args).toMatchObject({ unfurl_links: 'false', unfurl_media: 'false' });
    expect(card.metadata).toEqual({ event_type: 'release', event_payload: { release: 'payments-7f3', rev: 4 } });
    expect([slack.refusals(), slack.warnings]).toEqual([[], []]);
  });

  it('is not marked as edited, and says in its metadata what it shows', async () => {
    const { slack, chat } = await start();
    const ts = await chat.post(address, cardView());
    await chat.update(address, ts, cardView({ rev: 9 }));
    expect(find(slack, ts)).toMatchObject({ edited: false, metadata: { event_payload: { rev: 9 } } });
  });

  it('that was posted though the answer got lost is taken up again, not posted twice', async () => {
    const { slack, chat } = await start();
    slack.inject('chat.postMessage', { kind: 'lost-reply' });
    await expect(chat.post(address, cardView())).rejects.toBeInstanceOf(TransientError);
    slack.as('bob').say('C0PROD', 'what is going on?');
    const ts = await slackChat(webOf(slack)).post(address, cardView({ rev: 7, headline: 'payments prod · QUEUED' }));
    const ours = slack.messages('C0PROD').filter((it) => it.fromApp);
    expect(ours.map((it) => [it.ts, it.metadata?.event_payload])).toEqual([[ts, { release: 'payments-7f3', rev: 7 }]]);
    expect(wording(ours[0]!)).toContain('QUEUED');
  });

  it('is found again in the thread where it was asked for', async () => {
    const { slack, chat } = await start();
    const root = slack.as('bob').say('C0PROD', 'shall we?');
    const there = { ...address, thread: root.ts };
    const ts = await chat.post(there, cardView());
    expect(find(slack, ts)).toMatchObject({ thread: root.ts, broadcast: false });
    expect(await chat.post(there, cardView())).toBe(ts);
    expect(await chat.post(address, cardView())).not.toBe(ts);
  });

  it('of somebody else with the same metadata is not taken up', async () => {
    const { slack, chat } = await start();
    const theirs = slack.as('bob').say('C0PROD', 'payments prod · SUCCEEDED');
    theirs.metadata = { event_type: 'release', event_payload: { release: 'payments-7f3', rev: 1 } };
    expect(await chat.post(address, cardView())).not.toBe(theirs.ts);
  });

  it('is posted without looking back where the history scopes were not granted', async () => {
    const { slack, chat } = await start({ app: { scopes: ['chat:write', 'users:read'] } });
    await chat.post(address, cardView());
    expect(slack.messages('C0PROD')).toHaveLength(1);
  });

  it('is not posted while Slack does not say whether it is there already', async () => {
    const { slack, chat } = await start();
    slack.inject('conversations.history', { kind: 'status', status: 503 });
    await expect(chat.post(address, cardView())).rejects.toBeInstanceOf(TransientError);
    expect(slack.count('chat.postMessage')).toBe(0);
  });
});

describe('a line in the thread on Slack', () => {
  it('mentions people and groups of our workspace, and names the others', async () => {
    const { slack, chat } = await start();
    const ts = await chat.post(address, cardView());
    const mentions: NoteView['mentions'] = [
      { person: 'U0ALICE', surface: 'slack', tenant: 'T0ACME', name: 'alice' },
      { group: 'slack:S0RELMGR', name: 'release managers' },
      { person: 'U0EVE', surface: 'slack', tenant: 'T0EVIL', name: 'eve' },
      { person: '29:1x', surface: 'teams', tenant: 'x', name: 'tim <!here>' },
      { group: 'teams:abc', name: 'the others' },
    ];
    await chat.reply(address, ts, { ...note, mentions }, false);
    expect(wording(slack.messages('C0PROD').at(-1)!)).toBe(
      '❌ rolled back <@U0ALICE> <!subteam^S0RELMGR> eve tim &lt;!here&gt; the others',
    );
  });

  it('goes to the thread in which the card is', async () => {
    const { slack, chat } = await start();
    const root = slack.as('bob').say('C0PROD', 'shall we?');
    const there = { ...address, thread: root.ts };
    await chat.reply(there, await chat.post(there, cardView()), note, true);
    expect(slack.messages('C0PROD').at(-1)).toMatchObject({ thread: root.ts, broadcast: true });
  });
});

describe('trouble with Slack', () => {
  it('passes on how long Slack wants us to wait, and does not wait itself', async () => {
    const { slack, chat } = await start();
    const ts = await chat.post(address, cardView());
    slack.inject('chat.update', { kind: 'rate-limited', retryAfter: 7 });
    const error = await chat.update(address, ts, cardView({ rev: 5 })).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(TransientError);
    expect(error).toMatchObject({ message: 'Slack limits chat.update', retryAfterMs: 7_000 });
    expect(slack.count('chat.update')).toBe(1);
  });

  it.each([
    ['a broken connection', { kind: 'reset' }],
    ['an answer of a proxy', { kind: 'status', status: 502 }],
    ['trouble inside Slack', { kind: 'error', error: 'internal_error' }],
  ] as const)('is passing: %s', async (_what, fault) => {
    const { slack, chat } = await start();
    const ts = await chat.post(address, cardView());
    slack.inject('chat.update', fault);
    await expect(chat.update(address, ts, cardView())).rejects.toBeInstanceOf(TransientError);
    expect(await chat.update(address, ts, cardView())).toBe('ok');
  });

  it.each([
    ['channel_not_found', 'C0NOWHERE', /release\.yaml/],
    ['not_in_channel', 'C0WITHOUT', /\/invite/],
  ])('is for a person to mend: %s', async (code, channel, hint) => {
    const { chat } = await start();
    const error = await chat.post({ ...address, channel }, cardView()).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(TerminalError);
    expect(error).toMatchObject({
      message: `Slack refused chat.postMessage: ${code}`,
      hint: expect.stringMatching(hint),
    });
  });

  it('names the setting when the token is refused', async () => {
    const { slack, chat } = await start();
    slack.inject('*', { kind: 'error', error: 'invalid_auth' }, 9);
    await expect(chat.post(address, cardView())).rejects.toMatchObject({
      hint: expect.stringContaining('SLACK_BOT_TOKEN'),
    });
  });

  it('keeps the token out of every message', async () => {
    const { slack, chat } = await start();
    slack.inject('*', { kind: 'status', status: 500 }, 9);
    const error = (await chat.post(address, cardView()).catch((thrown: unknown) => thrown)) as Error;
    expect(`${error.message} ${JSON.stringify(error.cause)} ${String(error.cause)}`).not.toContain('xoxb');
  });
});
