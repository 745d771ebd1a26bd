import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startProcess } from '../chaos/process.ts';
import { sign } from '../servers/slack/signature.ts';
import type { Figure } from './figure.ts';
import { newFolder, openBase, stopped } from './installation.ts';
import { type Sender, unlessSaid } from './open-loop.ts';
import { channel, people, releaseFile } from './release-file.ts';
import { figureOf, type Side, side, takeTurns } from './turns.ts';

/** So many, that what waits for one target stays as little as it would be. */
const services = Array.from({ length: 500 }, (_, n) => ({ name: `service-${n}`, replicas: 1 }));

/**
 * `/release deploy …`, rightly signed, until its answer is there; by then it is in a Redis that syncs every write.
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
    const next = commands(secret);
    const [ours, theirs] = [gateway, bolt].map((to) =>
      side({ url: `${to.url()}/slack/events`, next, whyNot: unlessSaid('Accepted as') }),
    ) as [Side, Side];
    await takeTurns([ours, theirs], [50, 200]);
    const about = { name: 'acknowledgement', peer: 'bare Bolt', notes: ['AOF always; the peer writes nothing down'] };
    return [
      figureOf(ours, theirs, { ...about, rate: 50, target: { of: 'p99', most: 100 } }),
      figureOf(ours, theirs, { ...about, rate: 200 }),
    ];
  } finally {
    for (const one of undo.reverse()) await one();
  }
}

function commands(secret: string): Sender['next'] {
  let sent = 0;
  return () => {
    const form = new URLSearchParams(command(sent)).toString();
    sent += 1;
    const { body, headers } = sign(secret, form, Date.now());
    return { body, headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' } };
  };
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
