import { expect, test } from 'vitest';
import type { Reply } from '../../src/release/view.ts';
import { Crash, crashing, type Fuse, fuse } from './crash.ts';
import { type House, house, noApproval, ok, type RawCatalog } from './house.ts';

/** Somebody whose platform delivers again until it is heard, as Slack and Teams do: always under the same key. */
interface Script {
  change?: (raw: RawCatalog) => void;
  run: (home: House, ask: (person: string, text: string) => Promise<Reply>) => Promise<void>;
}

const scripts: Record<string, Script> = {
  'a good version with an approval': {
    run: async (home, ask) => {
      const id = ok(await ask('ann', 'deploy payments 2.4.1 to prod'));
      await home.until(id, 'awaiting-approval');
      ok(await ask('bob', `approve ${id}`));
      await home.until(id, 'succeeded');
    },
  },
  'a version that crashes at start': {
    change: noApproval,
    run: async (home, ask) => {
      await home.until(ok(await ask('ann', 'deploy payments 2.5.0-crash to prod')), 'rolled-back');
    },
  },
  'abort in the middle of a rollout': {
    change: noApproval,
    run: async (home, ask) => {
      const id = ok(await ask('ann', 'deploy payments 2.5.1-neverready to prod'));
      await home.until(id, 'deploying');
      await home.passes(30_000);
      ok(await ask('bob', `abort ${id} because of the numbers`));
      await home.until(id, 'rolled-back');
    },
  },
  'pause, then go on': {
    change: noApproval,
    run: async (home, ask) => {
      const id = ok(await ask('ann', 'deploy payments 2.5.4-slowready to prod'));
      await home.until(id, 'deploying');
      await home.passes(12_000);
      ok(await ask('bob', `pause ${id}`));
      await home.passes(30_000);
      ok(await ask('bob', `resume ${id}`));
      await home.until(id, 'succeeded');
    },
  },
  'a rollback on an idle target': {
    change: noApproval,
    run: async (home, ask) => {
      await home.until(ok(await ask('ann', 'deploy payments 2.4.1 to prod')), 'succeeded');
      await home.until(ok(await ask('bob', 'roll back payments in prod')), 'succeeded');
    },
  },
  recreate: {
    change: noApproval,
    run: async (home, ask) => {
      await home.until(ok(await ask('ann', 'deploy payments 2.4.1 to prod with recreate')), 'succeeded');
    },
  },
  'two places, bad at both': {
    change: (raw) => {
      noApproval(raw);
      raw.clusters.us = { context: 'us' };
      raw.environments.prod.places.push({ cluster: 'us', namespace: 'prod' });
    },
    run: async (home, ask) => {
      const id = ok(await ask('ann', 'deploy payments 2.5.4-slowready to prod'));
      await home.until(id, 'validating-after');
      ok(await ask('bob', 'roll back payments in prod'));
      await home.until(id, 'rolled-back');
    },
  },
  'a StatefulSet whose broken pod blocks the way back': {
    change: (raw) => {
      noApproval(raw);
      raw.services.payments.workload = 'statefulset/payments';
    },
    run: async (home, ask) => {
      await home.until(ok(await ask('ann', 'deploy payments 2.5.0-crash to prod')), 'rolled-back');
    },
  },
};

/** What may differ from run to run: times, names that the clock or chance give, and how much of the evidence is left. */
const plain = (line: string): string =>
  (line.split('\n')[0] as string)
    .replace(/payments-[\w-]+/g, 'payments-…')
    .replace(/\w{3} \d{4}-\d\d-\d\d \d\d:\d\d UTC/g, '…')
    .replace(/\d+ (?:min|s|h)\b(?: \d+ s)?|less than a second/g, '…')
    .replace(/(?:plan|\d+ restarts?|×\d+|\(\d+).*$/gm, '…');

async function play({ change, run }: Script, burning: Fuse): Promise<House> {
  const around = async (work: () => Promise<void>) => {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
      home.world = fresh;
    }
  };
  const home = house(change, { around });
  const fresh = home.world;
  home.world = crashing(fresh, burning);
  let asked = 0;
  const ask = async (person: string, text: string): Promise<Reply> => {
    asked += 1;
    const key = `delivery-${asked}`;
    let reply: Reply | undefined;
    for (let attempt = 0; attempt < 3 && !reply; attempt += 1) {
      await around(async () => {
        reply = await home.says(person, text, { key });
      });
    }
    return reply as Reply;
  };
  await run(home, ask);
  await home.passes(100_000);
  return home;
}

async function endOf(home: House) {
  const clusters = [...home.clusters.values()];
  const { recent, active } = await home.ledger.target('payments@prod', 20);
  const places = [...new Set(recent.flatMap((release) => release.plan?.places ?? []).map((one) => one.place))];
  const workloads = await Promise.all(places.map((place) => home.clusters.get(place.cluster)?.inspect(place)));
  return {
    phases: recent.map((release) => [release.phase, release.finding?.cause, release.quarantined]),
    active: active.length,
    workloads: workloads.map((one) => [one?.template, one?.replicas, one?.paused, one?.rollout.state]),
    writes: clusters.map((cluster) =>
      cluster.writes.map((write) => `${write.set.what} ${write.op.split('.').slice(1).join('.')}`),
    ),
    lines: home.chat.messages.flatMap(({ replies }) =>
      replies.map(({ view }) => (view.kind === 'note' ? plain(view.text) : '')),
    ),
    headlines: recent.map(({ id }) => {
      const message = home.chat.messages.findLast((one) =>
        one.views.some((view) => view.kind === 'release' && view.release === id),
      );
      const view = message?.views.at(-1);
      return view?.kind === 'release' ? plain(view.headline) : undefined;
    }),
    cards: home.chat.messages.length,
  };
}

const count = (all: string[]): Map<string, number> => {
  const counted = new Map<string, number>();
  for (const one of all) counted.set(one, (counted.get(one) ?? 0) + 1);
  return counted;
};

type End = Awaited<ReturnType<typeof endOf>>;

/** Fences grow with each crash in between, so the ids of ways back differ; how often each thing was written does not. */
function problems(whole: End, crashed: End): string[] {
  const found: string[] = [];
  const same = (what: 'phases' | 'active' | 'workloads' | 'headlines') => {
    if (JSON.stringify(whole[what]) !== JSON.stringify(crashed[what]))
      found.push(`${what}: ${JSON.stringify(crashed[what])} instead of ${JSON.stringify(whole[what])}`);
  };
  same('phases');
  same('active');
  same('workloads');
  same('headlines');
  if (crashed.cards > whole.cards + 1) found.push(`${crashed.cards} cards`);
  for (const writes of crashed.writes)
    for (const [op, times] of count(writes)) if (times > 1) found.push(`${op} was written ${times} times`);
  const [before, after] = [count(whole.lines), count(crashed.lines)];
  for (const [line, times] of before) if ((after.get(line) ?? 0) < times) found.push(`the line "${line}" is missing`);
  if (crashed.lines.length > whole.lines.length + 1) found.push(`lines came twice: ${crashed.lines.join(' | ')}`);
  return found;
}

/** Before a step is after the one before it; but where a write or a message is made, both sides are tried all the same. */
const moments = (step: string): Fuse['when'][] =>
  /^(?:cluster\.apply|cluster\.unstick|chat|ledger\.(?:accept|commit))/.test(step) ? ['before', 'after'] : ['after'];

test.each(Object.entries(scripts))(
  '%s ends alike wherever the process ends',
  { timeout: 60_000 },
  async (_, script) => {
    const calm = fuse(0, 'before');
    const whole = await endOf(await play(script, calm));
    const bad: string[] = [];
    for (let at = 1; at <= calm.calls; at += 1) {
      for (const when of moments(calm.trace[at - 1] as string)) {
        const burning = fuse(at, when);
        const found = await play(script, burning)
          .then(endOf)
          .then((crashed) => problems(whole, crashed))
          .catch((error: unknown) => [String(error)]);
        bad.push(...found.map((one) => `crash ${when} step ${at} (${burning.trace.at(at - 1)}): ${one}`));
      }
    }
    expect(bad).toEqual([]);
    expect(calm.calls).toBeGreaterThan(30);
  },
);
