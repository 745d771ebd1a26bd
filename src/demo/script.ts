import { findEnvironment } from '../config/catalog.ts';
import type { Release } from '../release/release.ts';
import type { DemoHouse } from './house.ts';
import { type Stage, stageFor } from './stage.ts';
import { until } from './until.ts';

/**
 * Plays a good release and a bad one without a keyboard. @param lines what has been printed so far, growing
 *
 * @returns 0 when the good version succeeded and the bad one was rolled back with its cause and its log line, else 1
 */
export async function play(house: DemoHouse, lines: string[]): Promise<0 | 1> {
  const { paint, print } = house.desk.screen;
  const stage = stageFor(house, lines);
  const say = (text: string[]) => print({ kind: 'words', lines: text });
  try {
    say([paint(['gray'], `Its ledger is ${house.keeping}.`)]);
    await good(house, stage);
    await bad(stage);
    say(['', paint(['bold', 'green'], 'Everything came as expected:'), ...stage.kept.map((one) => `  ✔ ${one}`)]);
    return 0;
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    say(['', ...stage.kept.map((one) => `  ✔ ${one}`), paint(['bold', 'red'], `  ✖ ${what}`), '', 'The demo failed.']);
    return 1;
  }
}

async function good(house: DemoHouse, stage: Stage): Promise<void> {
  const first = await stage.says('ann', 'deploy payments 2.4.1 to staging because the fix is needed');
  await soaked(house, await stage.reaches(first, 'succeeded'));
  const second = await stage.says('ann', 'deploy payments 2.4.1 to prod because the fix is needed');
  await stage.reaches(second, 'awaiting-approval');
  const denied = await stage.presses('dan', 'Approve');
  stage.expect('Dan’s yes is refused', !denied.ok && denied.code === 'not-entitled', denied.code);
  const approved = await stage.presses('bob', 'Approve');
  stage.expect('Bob’s yes counts', approved.ok, approved.code);
  const release = await stage.reaches(second, 'succeeded');
  stage.expect('prod serves 2.4.1, healthy', serves(release, '2.4.1'), release.serving);
  await stage.shows('the card says so', 'payments prod · SUCCEEDED · serving 2.4.1, healthy');
}

async function bad(stage: Stage): Promise<void> {
  const text = 'deploy payments 2.5.0-crash to prod overriding order because the hotfix cannot wait';
  const asked = await stage.says('ann', text);
  await stage.reaches(asked, 'awaiting-approval');
  await stage.presses('bob', 'Approve');
  const release = await stage.reaches(asked, 'rolled-back');
  stage.expect('the cause is known: a crash loop', release.finding?.cause === 'crash-loop', release.finding);
  stage.expect('the exit code is known: 1', release.finding?.exitCode === 1, release.finding);
  stage.expect('prod serves 2.4.1 again, healthy', serves(release, '2.4.1'), release.serving);
  await stage.shows('the card says so', 'payments prod · ROLLED BACK · serving 2.4.1, healthy');
  await stage.shows('the thread holds the log line', 'panic: cannot start without DB_URL');
  await stage.shows('the channel is told', `payments in prod rolled back (${release.id}): serving 2.4.1, healthy.`);
}

const serves = ({ serving }: Release, version: string): boolean =>
  serving.length > 0 && serving.every((one) => one.version === version && one.healthy);

/** "Staging first" asks for a little time in staging as well. */
async function soaked({ world, catalog }: DemoHouse, release: Release): Promise<void> {
  const soakMs = findEnvironment(catalog, 'prod')?.after?.soakMs ?? 0;
  const ripeAt = (release.finishedAt ?? 0) + soakMs;
  await until('it has been in staging long enough', soakMs + 10_000, async () =>
    (await world.ledger.read([])).now >= ripeAt ? true : undefined,
  );
}
