import { expect, test } from 'vitest';
import { TerminalError, TransientError } from '../../src/errors.ts';
import { house, noApproval, ok } from './house.ts';

test('one card per release, edited in place; its details are in its thread', async () => {
  const { says, until, chat } = house(noApproval);
  await until(ok(await says('ann', 'deploy payments 2.4.1 to prod')), 'succeeded');
  expect(chat.messages).toHaveLength(1);
  expect(chat.messages[0]!.views.length).toBeGreaterThan(3);
  expect(chat.messages[0]!.address).toMatchObject({ surface: 'console', channel: 'releases' });
});

test('a chat that fails never fails a release, and shows the end of it when it is back', async () => {
  const { says, until, passes, chat, card } = house(noApproval);
  let down = true;
  chat.before = () => {
    if (down) throw new TransientError('the chat is not answering');
  };
  await until(ok(await says('ann', 'deploy payments 2.4.1 to prod')), 'succeeded');
  expect(chat.messages).toEqual([]);
  down = false;
  await passes(60_000);
  expect(chat.messages).toHaveLength(1);
  expect(card().headline).toContain('SUCCEEDED');
});

test('a channel that we may not write to does not stop a release either', async () => {
  const { says, until, chat } = house(noApproval);
  chat.before = () => {
    throw new TerminalError('forbidden', 'we are not in that channel', 'invite the bot');
  };
  await until(ok(await says('ann', 'deploy payments 2.5.0-crash to prod')), 'rolled-back');
});

test('each thread line is posted once, in order, even when the chat fails now and then', async () => {
  const { says, until, passes, chat, thread } = house(noApproval);
  let calls = 0;
  chat.before = () => {
    calls += 1;
    if (calls % 3 === 0) throw new TransientError('the chat is not answering');
  };
  await until(ok(await says('ann', 'deploy payments 2.4.1 to prod')), 'succeeded');
  await passes(120_000);
  expect(new Set(thread()).size).toBe(thread().length);
  expect(thread()[0]).toContain('Ann asked');
  expect(thread().at(-1)).toContain('Succeeded after');
});

test('only failure and rollback are told to the whole channel', async () => {
  const good = house(noApproval);
  await good.until(ok(await good.says('ann', 'deploy payments 2.4.1 to prod')), 'succeeded');
  expect(good.chat.messages[0]!.replies.filter((one) => one.loud)).toEqual([]);
  const bad = house(noApproval);
  await bad.until(ok(await bad.says('ann', 'deploy payments 2.5.0-crash to prod')), 'rolled-back');
  expect(bad.chat.messages[0]!.replies.filter((one) => one.loud)).toHaveLength(1);
});

test('no line and no card ever says undefined, NaN or an empty version', async () => {
  const words = ['deploy payments 2.4.1 to prod', 'deploy payments 2.5.0-crash to prod', 'deploy payments 9.9 to prod'];
  for (const line of words) {
    const { says, until, chat } = house(noApproval);
    await until(ok(await says('ann', line)), 'succeeded', 'rolled-back', 'refused');
    const shown = JSON.stringify(chat.messages.map(({ views, replies }) => [views, replies]));
    expect(shown).not.toMatch(/undefined|NaN|\[object|→ [,."]|\.\. /);
  }
});

test('waiting mentions those who can end it, once', async () => {
  const { says, until, passes, chat } = house((raw) => {
    const managers = raw.roles['release-managers'] as { slack?: string[] };
    managers.slack = ['usergroup:S0RELMGR'];
  });
  await until(ok(await says('ann', 'deploy payments 2.4.1 to prod')), 'awaiting-approval');
  await passes(60_000);
  const calling = chat.messages[0]!.replies.filter(({ view }) => view.kind === 'note' && view.mentions.length > 0);
  expect(calling).toHaveLength(1);
  expect(calling[0]!.view).toMatchObject({ mentions: [{ group: 'slack:S0RELMGR', name: 'release-managers' }] });
});

test('a line that the platform never takes is told plainly, and those after it come', async () => {
  const { says, until, chat, thread, errors } = house(noApproval);
  const { reply } = chat;
  chat.reply = async (address, id, view, loud) => {
    if (view.kind === 'note' && view.code) throw new TerminalError('rejected', 'too large', 'shorten it');
    await reply.call(chat, address, id, view, loud);
  };
  await until(ok(await says('ann', 'deploy payments 2.5.0-crash to prod')), 'rolled-back');
  expect(thread().join('\n')).toMatch(/Started[\s\S]*Evidence[\s\S]*rolled back/);
  expect(chat.messages[0]!.replies.every(({ view }) => (view as { code?: string }).code === undefined)).toBe(true);
  expect(errors).toEqual([]);
});

test('a line that is not even taken plainly is passed over, logged, and keeps nothing back', async () => {
  const { says, until, chat, thread, errors } = house(noApproval);
  const { reply } = chat;
  chat.reply = async (address, id, view, loud) => {
    if (view.kind === 'note' && view.text.startsWith('Evidence')) throw new TerminalError('rejected', 'no', 'no');
    await reply.call(chat, address, id, view, loud);
  };
  await until(ok(await says('ann', 'deploy payments 2.5.0-crash to prod')), 'rolled-back');
  expect(thread().join('\n')).toMatch(/rolled back/);
  expect(thread().join('\n')).not.toContain('Evidence');
  expect(errors).toMatchObject([{ message: 'a chat does not take this line' }]);
});

test('a card that the platform never takes is shown with less: its state and its buttons', async () => {
  const { says, until, chat, card } = house(noApproval);
  for (const call of ['post', 'update'] as const) {
    const send = chat[call] as (...args: unknown[]) => Promise<never>;
    Object.assign(chat, {
      [call]: async (...args: unknown[]) => {
        const view = args.at(-1) as { facts?: unknown[] };
        if (view.facts?.length) throw new TerminalError('rejected', 'too large', 'shorten it');
        return send.apply(chat, args);
      },
    });
  }
  await until(ok(await says('ann', 'deploy payments 2.4.1 to prod')), 'succeeded');
  expect(card()).toMatchObject({ facts: [], headline: expect.stringContaining('SUCCEEDED') });
  expect(card().buttons.map(({ label }) => label)).toEqual(['Roll back to 2.4.0']);
});

test('a card whose posting may have happened is not posted again in haste', async () => {
  const { says, until, passes, chat } = house();
  let lost = 0;
  chat.before = () => {
    lost += 1;
    throw new TransientError('no answer', { retryAfterMs: 2_000, unknown: true });
  };
  await until(ok(await says('ann', 'deploy payments 2.4.1 to prod')), 'awaiting-approval');
  lost = 0;
  await passes(31_000);
  expect(lost).toBe(3);
  chat.before = () => {};
  await passes(10_000);
  expect(chat.messages).toHaveLength(1);
});
