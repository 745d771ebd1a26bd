import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cardOf } from '../../src/release/card.ts';
import { refold } from '../../src/release/evolve.ts';
import { placeKey } from '../../src/release/plan.ts';
import { isFinished } from '../../src/release/release.ts';
import { Crash, crashing, fuse } from './crash.ts';
import { type House, house, ok, prod } from './house.ts';
import { observe } from './observed.ts';

/** Anything that people, time, clusters and processes may do, in any order; what must be true all the same is at the end. */
interface Deed {
  say: string;
  run: (stage: Scene) => Promise<unknown> | unknown;
}
interface Scene {
  home: House;
  foreign: (place: string) => void;
  crash: (after: number, when: 'before' | 'after') => void;
}
const deed = (say: string, run: Deed['run']): Deed => ({ say, run });

const managers = ['ann', 'bob', 'cyd'];
const people = fc.constantFrom(...managers, ...managers, 'dan', 'eve');
const versions = fc.constantFrom(
  ...['2.4.1', '2.4.2', '2.4.1', '2.5.0-crash', '2.5.1-neverready', '2.5.3-flaky', '2.5.4-slowready', '9.9.9'],
);
const because = 'because of reasons';
const says = (who: string, text: string) => deed(`${who}: ${text}`, ({ home }) => home.says(who, text));

const ways = [
  '',
  '',
  '',
  ' with recreate',
  ' at 9:40',
  ` overriding approval ${because}`,
  ` overriding all ${because}`,
];
const deploy = fc
  .tuple(people, versions, fc.constantFrom('prod', 'prod', 'prod', 'staging'), fc.constantFrom(...ways))
  .map(([who, version, where, how]) => says(who, `deploy payments ${version} to ${where}${how}`));

const everybodyApproves = deed('every manager approves everything', async ({ home }) => {
  for (const { id, phase } of await home.ledger.active())
    for (const who of managers) if (phase === 'awaiting-approval') await home.says(who, `approve ${id}`);
});

const verbs = ['approve', 'pause', 'resume', 'resume', 'abort', 'hold', 'promote', 'take over', 'reject'];
const control = fc.tuple(people, fc.constantFrom(...verbs), fc.nat(3)).map(([who, verb, which]) =>
  deed(`${who}: ${verb} ${which}`, async ({ home }) => {
    const active = await home.ledger.active();
    const release = active[which % Math.max(1, active.length)];
    if (release) await home.says(who, `${verb} ${release.id} ${because}`);
  }),
);

const guards = [
  `freeze prod ${because}`,
  'unfreeze prod',
  `lock payments prod ${because}`,
  `unlock payments prod ${because}`,
];
const backs = ['roll back payments in prod', 'roll back payments in prod', 'roll back payments in prod to 2.4.0'];
const other = fc
  .tuple(people, fc.constantFrom(...guards, ...backs, ...backs, `release payments prod from quarantine ${because}`))
  .map(([who, text]) => says(who, text));
const opened = deed('ann opens every gate', async ({ home }) => {
  for (const text of [`unlock payments prod ${because}`, 'unfreeze prod']) await home.says('ann', text);
});

const pass = (ms: number) => deed(`${ms} ms pass`, ({ home }) => home.passes(ms));
const time = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 0, max: 30_000 }).map(pass) },
  { weight: 2, arbitrary: fc.constant(pass(80_000)) },
  {
    weight: 1,
    arbitrary: fc.integer({ min: 60_000, max: 2_000_000 }).map((ms) =>
      deed(`the clock jumps by ${ms} ms`, ({ home }) => {
        home.clock.now += ms;
      }),
    ),
  },
);

const crash = fc
  .tuple(fc.integer({ min: 1, max: 25 }), fc.constantFrom('before' as const, 'after' as const))
  .map(([after, when]) => deed(`crash ${when} step ${after}`, (stage) => stage.crash(after, when)));
const unreachable = fc
  .integer({ min: 1_000, max: 200_000 })
  .map((ms) => deed(`unreachable for ${ms} ms`, ({ home }) => home.cluster.disturb.unreachable(ms)));
const registry = fc.boolean().map((down) =>
  deed(`registry down: ${down}`, ({ home }) => {
    home.registry.down = down;
  }),
);
const node = fc
  .tuple(fc.constantFrom('node-1', 'node-2'), fc.boolean())
  .map(([name, well]) => deed(`${name} is well: ${well}`, ({ home }) => home.cluster.disturb.node(name, well)));
const lost = fc
  .integer({ min: 1, max: 2 })
  .map((n) => deed(`${n} replies are lost`, ({ home }) => home.cluster.disturb.loseReplies(n)));
const kubectl = fc.constantFrom('2.4.2', '2.3.9').map((version) =>
  deed(`kubectl set image ${version}`, ({ home, foreign }) => {
    home.cluster.disturb.setImage(prod, 'app', `registry.example.com/payments:${version}`, 'kubectl-set');
    foreign(placeKey(prod));
  }),
);
const emails = managers.map((name) => `${name}@example.com`);
const revoke = fc.subarray(emails, { minLength: 2 }).map((left) =>
  deed(`managers are ${left}`, ({ home }) =>
    home.setCatalog((raw) => {
      raw.roles['release-managers'].emails = left;
    }),
  ),
);
const rule = fc.nat(2).map((required) =>
  deed(`${required} approvals`, ({ home }) =>
    home.setCatalog((raw) => {
      raw.environments.prod.approvals.required = required;
    }),
  ),
);

const deeds = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: deploy },
    { weight: 6, arbitrary: fc.constant(everybodyApproves) },
    { weight: 6, arbitrary: control },
    { weight: 4, arbitrary: other },
    { weight: 2, arbitrary: fc.constant(opened) },
    { weight: 12, arbitrary: time },
    { weight: 5, arbitrary: fc.oneof(crash, crash, unreachable, registry, node, lost, kubectl, revoke, rule) },
  ),
  { minLength: 10, maxLength: 45, size: 'max' },
);

function scene(): Scene & { broken: string[]; crashes: () => number } {
  let crashes = 0;
  const around = async (work: () => Promise<unknown>) => {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
      crashes += 1;
      home.world = fresh;
    }
  };
  const home = house(undefined, { around });
  const fresh = home.world;
  const { broken, foreign } = observe(home);
  const says = home.says;
  home.says = async (...words) => {
    let reply = { ok: false } as Awaited<ReturnType<typeof says>>;
    await around(async () => {
      reply = await says(...words);
    });
    return reply;
  };
  return {
    home,
    broken,
    foreign,
    crashes: () => crashes,
    crash: (after, when) => {
      home.world = crashing(fresh, fuse(after, when));
    },
  };
}

/** The faults stop; nobody acts any more. */
async function quiet({ home, crash }: Scene): Promise<void> {
  crash(Number.POSITIVE_INFINITY, 'before');
  home.registry.down = false;
  for (const node of ['node-1', 'node-2']) home.cluster.disturb.node(node, true);
  home.cluster.disturb.unreachable(0);
  home.cluster.disturb.loseReplies(0);
  for (let step = 0; step < 500; step += 1) {
    home.clock.now += 20_000;
    await home.passes(0);
  }
}

const waitsForPerson = new Set(['paused', 'errored']);

/** Every release has ended, or waits for a person, or waits behind one that does. */
async function judgeEnd({ home, broken, crashes }: ReturnType<typeof scene>): Promise<void> {
  const audit = await home.ledger.audit(10_000);
  for (const environment of ['prod', 'staging']) {
    const { active, recent, queue } = await home.ledger.target(`payments@${environment}`, 100);
    const head = active.find((release) => release.id === queue[0]);
    for (const release of active) {
      const behind = release.phase === 'queued' && head !== undefined && waitsForPerson.has(head.phase);
      if (!waitsForPerson.has(release.phase) && !behind) broken.push(`${release.id} hangs: ${release.phase}`);
    }
    for (const release of [...active, ...recent]) {
      const events = await home.ledger.events(release.id);
      expect(JSON.parse(JSON.stringify(refold(events)))).toEqual(JSON.parse(JSON.stringify(release)));
      const rows = audit.filter((row) => row.subject === release.id && row.rev !== undefined).map((row) => row.rev);
      expect(rows.toReversed()).toEqual(events.map((one) => one.rev));
      judgeCard(home, release.id, cardOf(release, home.clock.now).headline, broken);
      const errored = events.filter(({ event }) => event.type === 'errored').length;
      const loud = loudLines(home, release.id);
      if (loud > errored + 1 + crashes()) broken.push(`${release.id} was loud ${loud} times`);
      if (isFinished(release) && release.finishedAt === undefined) broken.push(`${release.id} has no end`);
    }
  }
  const unforeseen = home.errors.filter((one) => !((one as { fields: { err?: unknown } }).fields.err instanceof Crash));
  expect(unforeseen).toEqual([]);
  expect(broken).toEqual([]);
}

const cardsOf = (home: House, id: string) =>
  home.chat.messages.filter((one) => one.views.some((view) => view.kind === 'release' && view.release === id));
const loudLines = (home: House, id: string): number =>
  cardsOf(home, id).flatMap((message) => message.replies.filter((reply) => reply.loud)).length;

function judgeCard(home: House, id: string, headline: string, broken: string[]): void {
  const view = cardsOf(home, id).at(-1)?.views.at(-1);
  const shown = view?.kind === 'release' ? view.headline : 'no card';
  if (shown !== headline) broken.push(`the card of ${id} shows "${shown}" instead of "${headline}"`);
}

test('whatever people, clusters and processes do: nothing unapproved is written, nobody interleaves, everything ends', {
  timeout: 120_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(deeds, async (all) => {
      const stage = scene();
      for (const { run } of all) await run(stage);
      await quiet(stage);
      await judgeEnd(stage);
    }),
    { numRuns: 300, endOnFailure: false },
  );
});

test('the observer would notice: a start without an approval is told', async () => {
  const { home, broken } = scene();
  const id = ok(await home.says('ann', 'deploy payments 2.4.1 to prod'));
  const waiting = await home.until(id, 'awaiting-approval');
  const after = { ...waiting, rev: waiting.rev + 1, phase: 'validating-before' as const };
  const event = { type: 'started', fence: 1 } as const;
  await home.ledger.commit({
    release: { event, at: home.clock.now, after, dueAt: null },
    audit: { actor: 'x', action: 'x', subject: id },
  });
  expect(broken).toContain(`${id}: started with 0 of 1 approvals that count`);
});
