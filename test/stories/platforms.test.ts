import { expect, test } from 'vitest';
import { type MemoryChat, memoryChat } from '../../adapters/memory/chat.ts';
import { handle } from '../../src/handle.ts';
import type { Allowance } from '../../src/ports.ts';
import type { Actor, Address } from '../../src/release/event.ts';
import type { CardView, NoteView, Reply } from '../../src/release/view.ts';
import { type House, house, noApproval, ok, type RawCatalog } from './house.ts';

const channels = { slack: 'C0PROD', teams: '19:prod@thread.tacv2' };
const slackChannel: Address = { surface: 'slack', tenant: 'T0ACME', channel: channels.slack };
const teamsChannel: Address = { surface: 'teams', tenant: 'acme', channel: channels.teams };
const inSlack = (id: string): Actor => ({ surface: 'slack', tenant: 'T0ACME', id, name: id });
const inTeams = (id: string): Actor => ({ surface: 'teams', tenant: 'acme', id, name: id });

const announced = (raw: RawCatalog): void => {
  Object.assign(raw.environments.prod, { announce: channels });
};

/** A house with both platforms, each showing its cards in a chat of its own. */
function bothPlatforms(change: (raw: RawCatalog) => void = () => {}): House & { slack: MemoryChat; teams: MemoryChat } {
  const home = house((raw) => {
    announced(raw);
    change(raw);
  });
  const [slack, teams] = [memoryChat(), memoryChat()];
  Object.assign(home.world.chats, { slack, teams });
  return { ...home, slack, teams };
}

const cardIn = (chat: MemoryChat): CardView => chat.messages.at(-1)?.views.at(-1) as CardView;
const approveIn = (home: House, chat: MemoryChat, actor: Actor): Promise<Reply> => {
  const { ref } = cardIn(chat).buttons.find(({ verb }) => verb === 'approve')!;
  const from = actor.surface === 'slack' ? slackChannel : teamsChannel;
  return handle(home.world, { button: { ref }, actor, from, via: 'button' });
};
const linesIn = (chat: MemoryChat): string[] =>
  chat.messages.at(-1)!.replies.map(({ view }) => (view as NoteView).text);

test('a release asked for in Slack is approved in Teams, and both cards say by whom', async () => {
  const home = bothPlatforms();
  const { says, until, slack, teams, ledger } = home;
  const id = ok(await says('ann', 'deploy payments 2.4.1 to prod', { actor: inSlack('ann'), from: slackChannel }));
  await until(id, 'awaiting-approval');
  expect([slack.messages.length, teams.messages.length]).toEqual([1, 1]);
  expect(teams.messages[0]!.address).toMatchObject({ surface: 'teams', channel: channels.teams });

  ok(await approveIn(home, teams, inTeams('bob')));
  await until(id, 'succeeded');
  for (const chat of [slack, teams]) {
    expect(cardIn(chat).headline).toContain('SUCCEEDED');
    expect(cardIn(chat).facts).toContainEqual({ label: 'Approval', text: 'by Bob' });
    expect(linesIn(chat).join('\n')).toContain('Bob');
  }
  const approved = (await ledger.audit(50)).find(({ action }) => action === 'approved');
  expect(approved).toMatchObject({ actor: 'bob@example.com', subject: id });
});

test('who asks elsewhere is told where the card is', async () => {
  const { says } = bothPlatforms();
  const there = await says('ann', 'deploy payments 2.4.1 to prod', { actor: inSlack('ann'), from: slackChannel });
  expect(there.announced?.map(({ surface }) => surface)).toEqual(['teams']);
  const aside = await says('ann', 'roll back payments prod', {
    actor: inSlack('ann'),
    from: { ...slackChannel, channel: 'D0ANN' },
    direct: true,
  });
  expect(aside.announced?.map(({ channel }) => channel)).toEqual([channels.slack, channels.teams]);
});

test('it is decided once: the same yes from the other platform comes too late and does nothing', async () => {
  const home = bothPlatforms((raw) => {
    raw.environments.prod.approvals.required = 2;
  });
  const { says, until, release, slack, teams } = home;
  const id = ok(await says('ann', 'deploy payments 2.4.1 to prod', { actor: inSlack('ann'), from: slackChannel }));
  await until(id, 'awaiting-approval');
  ok(await approveIn(home, teams, inTeams('bob')));

  const again = await approveIn(home, slack, inSlack('bob'));
  expect(again).toMatchObject({ ok: false, code: 'already-decided' });
  expect((await release(id)).approvals).toHaveLength(1);
});

test('nobody approves their own release through the other platform, even under another address', async () => {
  const home = bothPlatforms();
  const { says, until, slack, teams, identity } = home;
  identity.people.set('ann-in-teams', { name: 'Ann', email: 'ann.archer@example.com', also: ['ann@example.com'] });
  home.setCatalog((raw) => raw.roles['release-managers'].emails.push('ann.archer@example.com'));

  const first = ok(await says('ann', 'deploy payments 2.4.1 to prod', { actor: inSlack('ann'), from: slackChannel }));
  await until(first, 'awaiting-approval');
  const own = { actor: inTeams('ann-in-teams'), from: teamsChannel };
  expect(await approveIn(home, teams, own.actor)).toMatchObject({
    ok: false,
    code: 'self-approval',
  });

  // The other way round: what Teams knows of her is kept with the release, as Slack knows less.
  ok(await says('ann', `abort ${first}`, own));
  const second = ok(await says('ann', 'deploy payments 2.4.2 to prod', own));
  await until(second, 'awaiting-approval');
  expect(await approveIn(home, slack, inSlack('ann'))).toMatchObject({ ok: false, code: 'self-approval' });
});

test('an address that nobody proved keeps one human from counting twice', async () => {
  const home = bothPlatforms();
  const { says, until, slack, teams, identity } = home;
  const aliases = ['ANN@example.com'];
  identity.people.set('ann-in-teams', { name: 'Ann Archer', email: 'ann.archer@example.com', aliases });
  home.setCatalog((raw) => raw.roles['release-managers'].emails.push('ann.archer@example.com'));

  const first = ok(await says('ann', 'deploy payments 2.4.1 to prod', { actor: inSlack('ann'), from: slackChannel }));
  await until(first, 'awaiting-approval');
  expect(await approveIn(home, teams, inTeams('ann-in-teams'))).toMatchObject({
    ok: false,
    code: 'self-approval',
    view: { title: expect.stringContaining('Ann, who has an address in common with you') },
  });

  // The other way round, and for the second yes: what Teams knows is kept with the release.
  ok(await says('ann', `abort ${first}`, { actor: inSlack('ann'), from: slackChannel }));
  const own = { actor: inTeams('ann-in-teams'), from: teamsChannel };
  const second = ok(await says('ann', 'deploy payments 2.4.2 to prod', own));
  await until(second, 'awaiting-approval');
  expect(await approveIn(home, slack, inSlack('ann'))).toMatchObject({ ok: false, code: 'self-approval' });
});

test('two accounts with an address in common, proved or not, give one of two approvals', async () => {
  const home = bothPlatforms((raw) => {
    raw.environments.prod.approvals.required = 2;
    raw.roles['release-managers'].emails.push('b.builder@example.com');
  });
  const { says, until, release, slack, teams, identity } = home;
  identity.people.set('builder', { name: 'B. Builder', email: 'b.builder@example.com', aliases: ['bob@example.com'] });
  const id = ok(await says('ann', 'deploy payments 2.4.1 to prod', { actor: inSlack('ann'), from: slackChannel }));
  await until(id, 'awaiting-approval');
  ok(await approveIn(home, teams, inTeams('builder')));
  expect(await approveIn(home, slack, inSlack('bob'))).toMatchObject({ ok: false, code: 'already-decided' });
  expect((await release(id)).approvals).toHaveLength(1);
});

test('an author of the change is known by an address that nobody proved', async () => {
  const home = bothPlatforms();
  const { says, until, teams, identity } = home;
  identity.people.set('bob', { name: 'Bob', email: 'bob@example.com', aliases: ['bob@home.example'] });
  const change = { authors: ['Bob <bob@home.example>'] };
  const id = ok(
    await says('ann', 'deploy payments 2.4.1 to prod', { actor: inSlack('ann'), from: slackChannel, change }),
  );
  await until(id, 'awaiting-approval');
  expect(await approveIn(home, teams, inTeams('bob'))).toMatchObject({ ok: false, code: 'self-approval' });
});

test('an address that nobody proved gives no right: no role, and no say over what its owner asked for', async () => {
  const { says, until, identity } = bothPlatforms();
  identity.people.set('mallory', { name: 'Mallory', email: 'mallory@example.com', aliases: ['ann@example.com'] });
  const mallory = { actor: inTeams('mallory'), from: teamsChannel };
  expect(await says('ann', 'deploy payments 2.4.1 to prod', mallory)).toMatchObject({
    ok: false,
    code: 'not-entitled',
  });

  const id = ok(await says('ann', 'deploy payments 2.4.1 to prod', { actor: inSlack('ann'), from: slackChannel }));
  await until(id, 'awaiting-approval');
  for (const wish of [`abort ${id}`, `reject ${id} because I can`])
    expect(await says('ann', wish, mallory)).toMatchObject({ ok: false, code: 'not-entitled' });
});

test('a platform that is away keeps the other one, and the release, from nothing', async () => {
  const { says, until, slack, teams } = bothPlatforms(noApproval);
  teams.before = () => {
    throw new Error('Teams is down');
  };
  await until(
    ok(await says('ann', 'deploy payments 2.4.1 to prod', { actor: inSlack('ann'), from: slackChannel })),
    'succeeded',
  );
  expect(cardIn(slack).headline).toContain('SUCCEEDED');
  expect(teams.messages).toEqual([]);
});

test('a channel gets no more than its platform allows, the end comes first, and nothing is lost', async () => {
  const { says, until, passes, slack, teams, clock } = bothPlatforms(noApproval);
  const calls: number[] = [];
  const allowed: Allowance = { bucket: 'teams:prod', calls: 5, windowMs: 30_000 };
  teams.allowances = () => [allowed];
  teams.before = () => void calls.push(clock.now);
  const id = ok(
    await says('ann', 'deploy payments 2.5.0-crash to prod', { actor: inSlack('ann'), from: slackChannel }),
  );
  await until(id, 'rolled-back');
  await passes(300_000);

  expect(cardIn(teams).headline).toContain('ROLLED BACK');
  expect(linesIn(teams)).toEqual(linesIn(slack));
  for (const from of calls)
    expect(calls.filter((at) => at >= from && at < from + allowed.windowMs).length).toBeLessThanOrEqual(allowed.calls);
});
