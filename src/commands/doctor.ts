import type { Command } from '../release/command.ts';
import type { Surface } from '../release/event.ts';
import { keys } from '../release/keys.ts';
import { permit } from '../release/policy.ts';
import type { Reply } from '../release/view.ts';
import { ago } from '../time.ts';
import type { World } from '../world.ts';
import { no, yes } from './reply.ts';
import type { Request } from './request.ts';

/** What a worker wrote about a part of the world when it started. */
export interface Diagnosis {
  at: number;
  ok: boolean;
  lines: string[];
}

/** Is everything there that a release needs? Each line says what is missing and how to mend it. */
export async function doctor({ world, catalog, who }: Request<Extract<Command, { verb: 'doctor' }>>): Promise<Reply> {
  const denied = permit(catalog, who, 'admin', {});
  if (denied) return no(denied);
  const [warnings, workers] = [await world.ledger.warnings(), await world.ledger.workers()];
  const clusters = Object.keys(catalog.clusters);
  const { records, now } = await world.ledger.read(clusters.map(keys.diagnosis));
  const lines = [
    warnings.length === 0
      ? 'OK ledger: nothing acknowledged is lost in a crash'
      : `WARN ledger: ${warnings.join('; ')}`,
    workers.length > 0
      ? `OK workers: ${workers.length} alive`
      : 'FAIL workers: none alive; nothing will move. Start one (ROLE=worker).',
    ...(await chatLines(world)),
    `OK catalog: ${Object.keys(catalog.services).length} services, policy ${catalog.policyVersion.slice(0, 12)}`,
    ...clusters.flatMap((name, index) => clusterLines(name, records[index]?.value as Diagnosis | undefined, now)),
  ];
  const ok = lines.every((line) => line.startsWith('OK'));
  return yes({ title: ok ? 'All is well.' : 'Something needs a look.', lines, tone: ok ? 'good' : 'bad' });
}

/** Chat platforms as they answered when a process last logged in there. */
export async function chatDiagnoses({ chats, ledger }: World): Promise<{ surface: Surface; wrong?: string }[]> {
  const surfaces = (Object.keys(chats) as Surface[]).filter((surface) => surface !== 'pager');
  const { records, now } = await ledger.read(surfaces.map(keys.chatDiagnosis));
  return surfaces.map((surface, index) => {
    const diagnosis = records[index]?.value as Diagnosis | undefined;
    if (!diagnosis || diagnosis.ok) return { surface };
    return { surface, wrong: `${diagnosis.lines.join('; ')} (${ago(Math.max(0, now - diagnosis.at))})` };
  });
}

async function chatLines(world: World): Promise<string[]> {
  const chats = await chatDiagnoses(world);
  if (chats.length === 0)
    return ['WARN chat: none configured; cards go nowhere. Set SLACK_BOT_TOKEN or MICROSOFT_APP_ID.'];
  const good = chats.filter(({ wrong }) => !wrong).map(({ surface }) => surface);
  const bad = chats.filter(({ wrong }) => wrong).map(({ surface, wrong }) => `FAIL chat ${surface}: ${wrong}`);
  return [...(good.length > 0 ? [`OK chat: ${good.join(', ')}`] : []), ...bad];
}

function clusterLines(name: string, diagnosis: Diagnosis | undefined, now: number): string[] {
  if (!diagnosis) return [`FAIL cluster ${name}: no worker has reached it yet`];
  return [
    `${diagnosis.ok ? 'OK' : 'FAIL'} cluster ${name}: ${diagnosis.lines.join('; ') || 'reachable, all rights'} (${ago(Math.max(0, now - diagnosis.at))})`,
  ];
}
