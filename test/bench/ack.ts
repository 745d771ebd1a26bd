import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startProcess } from '../chaos/process.ts';
import type { Figure } from './figure.ts';
import { newFolder, openBase, stopped } from './installation.ts';
import { type Load, load } from './open-loop.ts';
import { channel, people, releaseFile } from './release-file.ts';

const rounds = 4;
const seconds = 5;
/** So many, that what waits for one target stays as little as it would be. */
const services = Array.from({ length: 500 }, (_, n) => ({ name: `service-${n}`, replicas: 1 }));

type Side = { url: string; loads: Map<number, Load> };

/**
 * `/release deploy …`, rightly signed, until its answer is there; by then it is in a Redis that syncs every write.
 * Ours and the peer take turns, so that both see the same machine.
 */
export async function ackBench(): Promise<Figure[]> {
  const undo: (() => unknown)[] = [];
  try {
    const folder = await newFolder(undo);
    const catalog = join(folder, 'release.yaml');
    await writeFile(catalog, releaseFile('/nowhere', 'bench', 'registry.example.com/payments', services));
    const { gateway, slack } = await openBase(folder, catalog, services, undo);
    const secret = slack.workspace.app.signingSecret;
    const env = { SLACK_SIGNING_SECRET: secret };
    const bolt = startProcess({ name: 'bolt', script: 'test/bench/bare-bolt.ts', env, log: join(folder, 'bolt.log') });
    undo.push(() => stopped(bolt));
    await bolt.ready;
    const ours: Side = { url: `${gateway.url()}/slack/events`, loads: new Map() };
    const theirs: Side = { url: `${bolt.url()}/slack/events`, loads: new Map() };
    await takeTurns([ours, theirs], secret);
    return [figure(ours, theirs, 50, true), figure(ours, theirs, 200, false)];
  } finally {
    for (const one of undo.reverse()) await one();
  }
}

async function takeTurns(sides: Side[], signingSecret: string): Promise<void> {
  let sent = 0;
  const once = async (side: Side, rate: number, long: number): Promise<Load> => {
    const first = sent;
    sent += rate * long;
    return load({ url: side.url, signingSecret, rate, seconds: long, fields: (n) => command(first + n) });
  };
  for (const side of sides) await once(side, 20, 2);
  for (let round = 0; round < rounds; round += 1) {
    for (const rate of [50, 200]) {
      for (const side of sides) add(side, rate, await once(side, rate, seconds));
    }
  }
}

function add({ loads }: Side, rate: number, { took, failures }: Load): void {
  const all = loads.get(rate) ?? { took: [], failures: [] };
  loads.set(rate, { took: [...all.took, ...took], failures: [...all.failures, ...failures] });
}

function command(n: number): Record<string, string> {
  const person = people[n % people.length]!;
  return {
    team_id: 'T0ACME',
    team_domain: 'acme',
    channel_id: channel,
    channel_name: 'bench',
    user_id: person.id,
    user_name: person.name,
    command: '/release',
    text: `deploy ${services[n % services.length]!.name} 2.${n} to prod`,
    api_app_id: 'A0RELEASE',
    is_enterprise_install: 'false',
    response_url: 'http://127.0.0.1:9/never',
    trigger_id: `${Date.now()}.${n}.bench`,
  };
}

function figure(ours: Side, theirs: Side, rate: number, promised: boolean): Figure {
  const mine = ours.loads.get(rate)!;
  const peer = theirs.loads.get(rate)!;
  const failures = [...mine.failures, ...peer.failures];
  const failed = failures.length > 0 ? [`${failures.length} were not acknowledged; the first: ${failures[0]}`] : [];
  return {
    name: `acknowledgement at ${rate}/s`,
    unit: 'ms',
    target: promised ? { of: 'p99', most: 100 } : undefined,
    samples: mine.took,
    peer: { name: 'bare Bolt', samples: peer.took },
    notes: ['AOF always; the peer writes nothing down', ...failed],
  };
}
