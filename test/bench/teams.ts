import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sealButton } from '../../src/release/button.ts';
import { type Process, startProcess } from '../chaos/process.ts';
import { issuer } from '../servers/teams/keys.ts';
import type { Teams } from '../servers/teams/teams.ts';
import { type Connector, connectorOf, startBenchTeams } from './connector.ts';
import type { Figure } from './figure.ts';
import { newFolder, openBase, stopped } from './installation.ts';
import { type Sender, unlessSaid } from './open-loop.ts';
import { releaseFile } from './release-file.ts';
import { figureOf, requestsEach, type Side, side, takeTurns } from './turns.ts';

const rate = 50;
/** So many, that what waits for one target stays as little as it would be. */
const services = Array.from({ length: 500 }, (_, n) => ({ name: `service-${n}`, replicas: 1 }));

type Base = Awaited<ReturnType<typeof openBase>>;

/**
 * What Teams tells us, rightly signed, until its answer is there: a mention that deploys, and a press on a button, whose
 * outcome is the answer. By then it is in a Redis that syncs every write. The peer is the SDK alone.
 */
export async function teamsBench(): Promise<Figure[]> {
  const undo: (() => unknown)[] = [];
  try {
    const folder = await newFolder(undo);
    const catalog = join(folder, 'release.yaml');
    await writeFile(catalog, releaseFile('/nowhere', 'bench', 'registry.example.com/payments', services));
    const teams = await startBenchTeams();
    undo.push(() => teams.close());
    const base = await openBase(folder, catalog, services, undo, teams.settings);
    const env = peerSettings(teams);
    const log = join(process.env.BENCH_LOGS ?? folder, 'botbuilder.log');
    const peer = startProcess({ name: 'botbuilder', script: 'test/bench/bare-botbuilder.ts', env, log });
    undo.push(() => stopped(peer));
    if ((await peer.ready) === undefined) throw new Error(`the bare botbuilder app did not start: see ${log}`);
    return await measure(base, peer, await connectorOf(teams));
  } finally {
    for (const one of undo.reverse()) await one();
  }
}

/** As its documents name them. */
const peerSettings = ({ organization: { app }, openIdUrl, loginUrl }: Teams): Record<string, string> => ({
  MicrosoftAppId: app.id,
  MicrosoftAppPassword: app.password,
  MicrosoftAppType: app.type,
  MicrosoftAppTenantId: app.tenant,
  ToBotFromChannelTokenIssuer: issuer,
  ToBotFromChannelOpenIdMetadataUrl: openIdUrl,
  ToChannelFromBotLoginUrl: `${loginUrl}/${app.tenant}`,
  ToChannelFromBotOAuthScope: issuer,
});

async function measure({ gateway, ledger }: Base, peer: Process, connector: Connector): Promise<Figure[]> {
  const about = { peer: 'bare botbuilder', rate, notes: ['AOF always; the peer writes nothing down; one token'] };
  const target = { of: 'p99', most: 100 } as const;
  const endpoints = { ours: `${gateway.url()}/api/messages`, theirs: `${peer.url()}/api/messages` };

  const mentions = await turns(endpoints, '', '', (n) =>
    connector.mention(n, `deploy ${services[n % services.length]!.name} 2.${n} to prod`),
  );
  const accepted = await ledger.active();
  missing(mentions.ours, requestsEach([rate]) - accepted.length, 'acknowledged and never accepted');

  const key = await ledger.secret('buttons');
  const refs = accepted.map(({ id }) => sealButton(key, { verb: 'abort', release: id, plan: '' }));
  const presses = await turns(endpoints, 'Stopped', 'Accepted as', (n) =>
    connector.press(n, 'abort', refs[n % refs.length]!),
  );
  missing(presses.ours, (await ledger.active()).length, 'pressed and never stopped');
  for (const one of [presses.ours, presses.theirs]) missing(one, late(one), 'answered after Teams had given up');
  return [
    figureOf(mentions.ours, mentions.theirs, { ...about, name: 'Teams: acknowledgement of a mention', target }),
    figureOf(presses.ours, presses.theirs, { ...about, name: 'Teams: answer to a press', target }),
  ];
}

type Each = (n: number) => ReturnType<Sender['next']>;

/** Each side gets the same requests. @param says what their answers must say */
async function turns(at: Record<'ours' | 'theirs', string>, oursSays: string, theirsSays: string, each: Each) {
  const to = (url: string, says: string): Side => {
    let sent = 0;
    const next: Sender['next'] = () => {
      sent += 1;
      return each(sent - 1);
    };
    return side({ url, next, whyNot: unlessSaid(says) });
  };
  const sides = { ours: to(at.ours, oursSays), theirs: to(at.theirs, theirsSays) };
  await takeTurns([sides.ours, sides.theirs], [rate]);
  return sides;
}

const patienceMs = 5_000;
const late = ({ loads }: Side): number => loads.get(rate)?.took.filter((ms) => ms > patienceMs).length ?? 0;

/** A 200 is also what a mention gets that was refused: only the ledger tells. */
function missing({ loads }: Side, many: number, what: string): void {
  for (let n = 0; n < many; n += 1) loads.get(rate)?.failures.push(what);
}
