import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { converse } from '../../../adapters/console/app.ts';
import { consoleChat } from '../../../adapters/console/chat.ts';
import { terminalOn } from '../../../adapters/console/terminal.ts';
import type { Asked } from '../../../src/asked.ts';
import { TransientError } from '../../../src/errors.ts';
import type { Reply } from '../../../src/release/view.ts';
import { card } from './views.ts';

const address = { surface: 'console', tenant: 'test', channel: 'releases' } as const;
const actor = (id: string, name: string) => ({ surface: 'console' as const, tenant: 'test', id, name });
const people = { ann: actor('ann', 'Ann'), bob: actor('bob', 'Bob') };
const fine: Reply = { ok: true, private: true, view: { kind: 'answer', tone: 'good', title: 'Done.', lines: [] } };

/** Somebody types all these lines, after a card was posted; what was asked of the house, and what they saw. */
async function typing(lines: string[], reply: (asked: Asked) => Reply | Error = () => fine, posted = [card]) {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const screen = terminalOn(input, output, undefined);
  const chat = consoleChat(screen);
  for (const view of posted) await chat.post(address, view);
  const asked: Asked[] = [];
  const desk = {
    screen,
    chat,
    people,
    from: address,
    choices: () => ({
      services: ['payments', 'checkout'],
      environments: ['staging', 'prod'],
      strategies: ['rolling', 'recreate'],
    }),
    log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
    handle: async (one: Asked) => {
      asked.push(one);
      const said = reply(one);
      if (said instanceof Error) throw said;
      return said;
    },
  };
  input.end(lines.map((line) => `${line}\n`).join(''));
  const end = await converse(desk, 'ann');
  output.end();
  return { asked, end, seen: String(output.read() ?? '') };
}

it('asks what was typed, with or without /release, as whoever sits there', async () => {
  const { asked, seen, end } = await typing([
    '/release status payments',
    'status',
    '/as bob',
    'doctor',
    '/quit',
    'status',
  ]);
  expect(asked.map((one) => [one.actor.id, one.text, one.via])).toEqual([
    ['ann', 'status payments', 'console'],
    ['ann', 'status', 'console'],
    ['bob', 'doctor', 'console'],
  ]);
  expect(seen).toContain('Ann › /release status payments\n');
  expect(seen).toContain('Bob › doctor\n');
  expect(end).toBe('left');
});

it('never takes a release command for one of the terminal’s own', async () => {
  const { asked } = await typing(['release payments prod from quarantine because it was the node', '/releases']);
  expect(asked.map(({ text }) => text)).toEqual(['release payments prod from quarantine because it was the node']);
});

it('says who there is, and which words there are', async () => {
  const { asked, seen, end } = await typing(['/as eve', '/as', '/deploy it', '', '/help']);
  expect(seen).toContain('Nobody here is called eve.');
  expect(seen).toContain('/as ann · /as bob');
  expect(seen).toContain('I do not know /deploy.');
  expect(asked.map(({ text }) => text)).toEqual(['help']);
  expect(end).toBe('ended');
});

it('presses a button after a yes, and does nothing after anything else', async () => {
  const { asked, seen } = await typing(['1', 'n', '1', '', '1', 'deploy', '1', 'Y']);
  expect(asked).toMatchObject([{ button: { ref: 'sealed-approve' }, via: 'button', actor: { id: 'ann' } }]);
  expect(seen).toContain('? Approve this release?');
  expect(seen).toContain('payments 2.4.1 to prod');
  expect(seen.match(/Nothing was done\./g)).toHaveLength(3);
});

it('asks for a reason where the button wants one, and a dialog that is left at the end of input does nothing', async () => {
  const { asked, seen } = await typing(['2', 'the numbers look wrong', '2', '', '3', '1']);
  expect(asked.map(({ button }) => button)).toEqual([
    { ref: 'sealed-reject', reason: 'the numbers look wrong' },
    { ref: 'sealed-abort', reason: undefined },
  ]);
  expect(seen).toContain('Reason for “Reject”');
});

it('says it when a number means no button', async () => {
  expect((await typing(['4'])).seen).toContain('has only 3, so 4 means nothing');
  expect((await typing(['0'])).seen).toContain('so 0 means nothing');
  expect((await typing(['1'], undefined, [])).seen).toContain('There is no card yet');
  expect((await typing(['1'], undefined, [{ ...card, buttons: [] }])).seen).toContain('has no button');
});

const opensForm = (asked: Asked): Reply => (asked.text === '' ? { ...fine, form: true } : fine);

it('opens the form on a bare /release, and asks again for what is not there', async () => {
  const lines = ['/release', 'pay', '2.4.1', 'moon', 'prod', '', 'a good reason'];
  const { asked, seen } = await typing(lines, opensForm);
  expect(seen).toContain('There is no environment "moon".');
  expect(asked.at(-1)).toMatchObject({
    via: 'form',
    command: {
      verb: 'deploy',
      target: { service: 'payments', environment: 'prod' },
      version: '2.4.1',
      reason: 'a good reason',
    },
  });
  expect(asked.at(-1)?.command).not.toHaveProperty('strategy');
});

it.each([[['']], [['payments', '']], [['payments', '2.4.1', '']], [['payments', '2.4.1', 'prod']]])(
  'asks nothing when the form is left after %j',
  async (answers) => {
    const { asked } = await typing(['/release', ...answers], opensForm);
    expect(asked.filter(({ via }) => via === 'form')).toEqual([]);
  },
);

it('tells an outage apart from a lost answer', async () => {
  const down = await typing(['deploy'], () => new TransientError('the ledger is not answering'));
  expect(down.seen).toContain('Not accepted, nothing will happen.');
  const lost = await typing(['deploy'], () => new TransientError('the answer was lost', { unknown: true }));
  expect(lost.seen).toContain('I cannot tell whether this was accepted.');
});

it('shows an answer for everybody without calling it private', async () => {
  expect((await typing(['status'], () => ({ ...fine, private: false }))).seen).not.toContain('only you see this');
  expect((await typing(['status'])).seen).toContain('only you see this');
});
