import type { Ledger, Log } from '../ports.ts';
import { diagnoseChat } from './diagnose.ts';
import type { Platform, Trouble } from './platform.ts';

/** Whether the chat platforms take what we log in with: secrets end, and releases go on without them. */

interface House {
  ledger: Ledger;
  log: Log;
}

/**
 * Asks every platform. One that refuses us or does not answer is asked again, and everybody else goes on: a release that
 * is under way needs a worker more than a card.
 *
 * @param hears whether this process hears people, and is of no use where nobody can be heard
 * @throws Error naming each setting and its fix: nobody could be heard, or people whom the settings do not allow
 */
export async function checkPlatforms(platforms: Platform[], house: House & { hears: boolean }): Promise<void> {
  const looks = await Promise.all(platforms.map((platform) => look(platform, house)));
  const troubles = looks.filter((one) => one !== undefined);
  const nobody = platforms.length > 0 && troubles.length === platforms.length;
  if (house.hears && (nobody || troubles.some(({ forbidden }) => forbidden)))
    throw new Error(troubles.map(({ why, fix }) => `${why}. ${fix}`).join('\n'));
}

/** How long until a platform is asked again, ms: Entra needs minutes until it knows a new secret everywhere. */
const unansweredMs = 5_000;
const refusedMs = 60_000;

/** @param before what was wrong at the last look, so that it is logged once */
async function look(platform: Platform, house: House, before?: Trouble): Promise<Trouble | undefined> {
  const { name, surface } = platform;
  const again = (ms: number, last?: Trouble) => setTimeout(() => void look(platform, house, last), ms).unref();
  try {
    const trouble = await platform.check();
    tell(platform, house.log, trouble, before);
    if (trouble && !trouble.forbidden) again(refusedMs, trouble);
    await diagnoseChat(house.ledger, surface, trouble).catch((err: unknown) =>
      house.log.warn({ err }, `what is wrong with ${name} could not be written down`),
    );
    return trouble;
  } catch (err) {
    house.log.warn({ err }, `${name} does not answer, so its token could not be checked; asking again`);
    again(unansweredMs, before);
    return undefined;
  }
}

function tell({ name }: Platform, log: Log, trouble: Trouble | undefined, before: Trouble | undefined): void {
  if (trouble && trouble.why !== before?.why)
    log.error({ why: trouble.why, fix: trouble.fix }, `${name} cannot be used; releases go on without it`);
  if (!trouble && before) log.info({}, `${name} can be used again`);
}
