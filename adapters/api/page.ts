import type { Ledger } from '../../src/ports.ts';
import { type Target, targetKey } from '../../src/release/command.ts';
import { isFinished, type Release } from '../../src/release/release.ts';

/**
 * Pages of releases: those not finished by when they were asked for, then the finished ones by when they ended, the
 * latest first. A cursor is a place in that order, so that what ends meanwhile neither hides nor doubles anything.
 */
type Place = [finished: 0 | 1, at: number, id: string];

/** As deep as a page looks back into one target. */
const deepest = 2_048;
const atOnce = 8;

const placeOf = (release: Release): Place =>
  isFinished(release) ? [1, release.finishedAt ?? 0, release.id] : [0, release.requestedAt, release.id];

/** Negative when `a` comes first. */
function compare(a: Place, b: Place): number {
  if (a[0] !== b[0]) return a[0] - b[0];
  if (a[1] !== b[1]) return b[1] - a[1];
  return a[2] < b[2] ? -1 : Number(a[2] > b[2]);
}

export const cursorOf = (release: Release): string =>
  Buffer.from(JSON.stringify(placeOf(release))).toString('base64url');

/** Undefined for what is not a cursor of ours. */
export function readCursor(text: string): Place | undefined {
  try {
    const [finished, at, id] = JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as unknown[];
    const right = (finished === 0 || finished === 1) && Number.isSafeInteger(at) && typeof id === 'string';
    return right ? [finished, at as number, id] : undefined;
  } catch {
    return undefined;
  }
}

export interface PageWish {
  targets: Target[];
  limit: number;
  after?: Place;
  /** Only those that this is true of. */
  which: (release: Release) => boolean;
  /** False where no finished release can be wanted: then the history is not read. */
  history: boolean;
}

/** One page, and where the next begins. @throws TransientError */
export async function pageOf(ledger: Ledger, wish: PageWish): Promise<{ releases: Release[]; next?: string }> {
  const found = [...(await active(ledger, wish)), ...(wish.history ? await finished(ledger, wish) : [])];
  found.sort((a, b) => compare(placeOf(a), placeOf(b)));
  const releases = found.slice(0, wish.limit);
  const last = releases.at(-1);
  return { releases, next: found.length > wish.limit && last ? cursorOf(last) : undefined };
}

const wanted = ({ which, after }: PageWish, release: Release): boolean =>
  which(release) && (after === undefined || compare(after, placeOf(release)) < 0);

async function active(ledger: Ledger, wish: PageWish): Promise<Release[]> {
  if (wish.after?.[0] === 1) return [];
  const keys = new Set(wish.targets.map(targetKey));
  return (await ledger.active()).filter((release) => keys.has(targetKey(release.target)) && wanted(wish, release));
}

async function finished(ledger: Ledger, wish: PageWish): Promise<Release[]> {
  const found: Release[] = [];
  for (let at = 0; at < wish.targets.length; at += atOnce) {
    const some = wish.targets.slice(at, at + atOnce);
    found.push(...(await Promise.all(some.map((target) => ended(ledger, wish, target)))).flat());
  }
  return found;
}

/** Enough finished releases of one target for a page, looking back further until there are. */
async function ended(ledger: Ledger, wish: PageWish, target: Target): Promise<Release[]> {
  for (let depth = wish.limit + 1; ; depth *= 2) {
    const { recent } = await ledger.target(targetKey(target), depth);
    const fit = recent.filter((release) => wanted(wish, release));
    if (fit.length > wish.limit || recent.length < depth || depth >= deepest) return fit;
  }
}
