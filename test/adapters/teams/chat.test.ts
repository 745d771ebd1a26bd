import { describe, expect, it } from 'vitest';
import { memoryLedger } from '../../../adapters/memory/ledger.ts';
import { teamsChat } from '../../../adapters/teams/chat.ts';
import { references, type Store } from '../../../adapters/teams/references.ts';
import { TerminalError, TransientError } from '../../../src/errors.ts';
import type { ChatCall } from '../../../src/ports.ts';
import type { Address } from '../../../src/release/event.ts';
import type { CardView, NoteView } from '../../../src/release/view.ts';
import { chatContract } from '../../contracts/chat.ts';
import { mentions, wording } from '../../servers/teams/messages.ts';
import { teamsRates } from '../../servers/teams/rates.ts';
import type { Teams, TeamsOptions } from '../../servers/teams/teams.ts';
import { general, teamsWith, transportOf } from './real.ts';

const address: Address = { surface: 'teams', tenant: '', channel: general };
const note: NoteView = { kind: 'note', tone: 'bad', text: 'rolled back', mentions: [] };
const card: CardView = {
  kind: 'release',
  release: 'payments-7f3',
  rev: 4,
  final: false,
  tone: 'working',
  headline: 'payments prod · DEPLOYING',
  facts: [],
  steps: [],
  buttons: [],
};

const nothingKept: Store = { read: async () => undefined, write: async () => undefined };
const chatOf = (teams: Teams) =>
  teamsChat(
    transportOf(teams),
    references(nothingKept, { serviceUrl: teams.url, tenant: teams.organization.app.tenant }, ['127.0.0.1']),
  );

const start = async (options: TeamsOptions = {}) => {
  const teams = await teamsWith(options);
  return { teams, chat: chatOf(teams) };
};

const find = (teams: Teams, place: string, id: string) =>
  teams.messages(place).find((message) => message.id === id && !message.deleted);

/** In a channel and in a group chat: the same promises, but that a chat has no threads. */
chatContract('Teams', async () => {
  const { teams, chat } = await start();
  const all = () => teams.messages(general).filter(({ deleted }) => !deleted);
  return {
    chat,
    address,
    shown: (id) => find(teams, general, id) && wording(find(teams, general, id)!),
    channel: () =>
      all()
        .filter(({ thread }) => thread === undefined)
        .map(wording),
    thread: (id) =>
      all()
        .filter(({ thread }) => thread === id)
        .map(wording),
    calls: (id) => mentions(find(teams, general, id)!).map(({ text }) => text),
    remove: (id) => {
      find(teams, general, id)!.deleted = true;
    },
    breakOnce: () => teams.inject('*', { kind: 'reset' }),
  };
});

describe('a card in a channel of Teams', () => {
  it('is a thread of its own, and its lines stand in it', async () => {
    const { teams, chat } = await start();
    const id = await chat.post(address, card);
    await chat.reply(address, id, note, false);
    await chat.update(address, id, { ...card, headline: 'payments prod · SUCCEEDED' });
    expect(teams.messages(general).map(({ thread }) => thread)).toEqual([undefined, id]);
    expect([teams.refusals(), teams.warnings]).toEqual([[], []]);
  });

  it('stands in the thread where it was asked for, when the address names one', async () => {
    const { teams, chat } = await start();
    const root = await chat.post(address, card);
    const there = { ...address, thread: root };
    const id = await chat.post(there, { ...card, release: 'payments-8gh' });
    await chat.reply(there, id, note, false);
    expect(await chat.update(there, id, card)).toBe('ok');
    expect(teams.messages(general).map(({ thread }) => thread)).toEqual([undefined, root, root]);
  });

  it('calls people by their Entra id, and nobody of another tenant', async () => {
    const { teams, chat } = await start();
    const { tenant } = teams.organization.app;
    const ann = [...teams.organization.users.values()].find(({ name }) => /^ann/i.test(name))!;
    const person = { person: ann.aadObjectId, surface: 'teams', name: ann.name };
    const id = await chat.post(address, card);
    const called = [
      { ...person, tenant },
      { ...person, tenant: 'other', name: 'Somebody' },
      { person: 'U0ANN', surface: 'slack', tenant: 'T0', name: 'Ann in Slack' },
    ];
    await chat.reply(address, id, { ...note, mentions: called }, false);
    const line = teams.messages(general).at(-1)!;
    expect(mentions(line)).toEqual([{ id: ann.aadObjectId, name: ann.name, text: `<at>${ann.name}</at>` }]);
    expect(wording(line)).toContain('Somebody');
    expect(teams.refusals()).toEqual([]);
  });

  it('waits as long as Teams says', async () => {
    const { teams, chat } = await start();
    const id = await chat.post(address, card);
    teams.inject('updateActivity', { kind: 'rate-limited', retryAfter: 7 });
    const failure = await chat.update(address, id, card).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(TransientError);
    expect(failure).toMatchObject({ retryAfterMs: 7_000 });
  });

  it('says what to do where the app is not installed', async () => {
    const { teams, chat } = await start();
    await teams.install(general, 'ann', 'remove');
    const failure = await chat.post(address, card).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(TerminalError);
    expect(failure).toMatchObject({ hint: expect.stringContaining('Install the app') });
  });

  it('keeps to what Teams allows, when every call waits for its turn', async () => {
    const clock = { now: 1_000_000 };
    const { teams, chat } = await start({ rates: teamsRates, now: () => clock.now });
    const id = await chat.post(address, card);
    const taken = new Map<string, number[]>();
    /** As the ledger does it: never more than `calls` in any window. */
    const wait = (call: ChatCall): number => {
      for (const { bucket, calls, windowMs } of chat.allowances(call, address)) {
        const recent = (taken.get(bucket) ?? []).filter((at) => at > clock.now - windowMs);
        if (recent.length >= calls) return recent[recent.length - calls]! + windowMs - clock.now;
        taken.set(bucket, [...recent, clock.now]);
      }
      return 0;
    };
    for (let line = 0; line < 120; line += 1) {
      for (let ms = wait('reply'); ms > 0; ms = wait('reply')) clock.now += ms;
      await chat.reply(address, id, note, false);
    }
    expect(teams.refusals()).toEqual([]);
    expect(teams.messages(general)).toHaveLength(121);
  });

  it('wastes nothing of it while many cards wait for their turn', async () => {
    const clock = { now: 0 };
    const { take } = memoryLedger({ now: () => clock.now });
    const { chat } = await start();
    const isAllowed = async (): Promise<boolean> => {
      for (const { bucket, calls, windowMs } of chat.allowances('update', address))
        if (!(await take(bucket, calls, windowMs)).ok) return false;
      return true;
    };
    let calls = 0;
    for (; clock.now < 300_000; clock.now += 1_000)
      for (let waiting = 0; waiting < 20; waiting += 1) if (await isAllowed()) calls += 1;
    expect(calls).toBe(450);
  });
});

describe('a card in a group chat of Teams', () => {
  const chatId = '19:incident@thread.v2';
  const group: Address = { surface: 'teams', tenant: '', channel: chatId };
  const open = () => start({ chats: [{ id: chatId, name: 'Incident' }] });

  it('changes in place, and its lines are messages of the chat', async () => {
    const { teams, chat } = await open();
    const id = await chat.post(group, card);
    await chat.reply(group, id, note, false);
    await chat.reply(group, id, { ...note, text: 'loud' }, true);
    expect(await chat.update(group, id, { ...card, headline: 'payments prod · SUCCEEDED' })).toBe('ok');
    const words = teams.messages(chatId).map(wording);
    expect(words).toHaveLength(3);
    expect(words.map((text) => /SUCCEEDED|rolled back|loud/.exec(text)?.[0])).toEqual([
      'SUCCEEDED',
      'rolled back',
      'loud',
    ]);
  });

  it('that was deleted is posted again', async () => {
    const { teams, chat } = await open();
    const id = await chat.post(group, card);
    find(teams, chatId, id)!.deleted = true;
    expect(await chat.update(group, id, card)).toBe('gone');
  });
});
