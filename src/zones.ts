/**
 * Time zones on Intl alone. A "wall" is what the clock on the wall shows, written as the ms that UTC would have at
 * that reading: adding a day to a wall is adding 24 h, whatever the clocks do that night.
 */

export const second = 1_000;
export const minute = 60 * second;
export const hour = 60 * minute;
export const day = 24 * hour;

const formatters = new Map<string, Intl.DateTimeFormat>();

// Making a formatter costs a thousand times what using one does, so each zone gets one.
function formatterOf(zone: string): Intl.DateTimeFormat {
  const known = formatters.get(zone);
  if (known) return known;
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  formatters.set(zone, made);
  return made;
}

/** Whether Intl knows the zone (`Europe/Berlin`, `UTC`). */
export function isZone(zone: string): boolean {
  try {
    formatterOf(zone);
    return true;
  } catch {
    return false;
  }
}

/** What the clocks in `zone` show at `instant` (ms), as a wall with whole seconds. Throws RangeError on no such zone. */
export function wallAt(instant: number, zone: string): number {
  const part: Record<string, number> = {};
  for (const { type, value } of formatterOf(zone).formatToParts(instant)) part[type] = Number(value);
  return Date.UTC(part.year!, part.month! - 1, part.day!, part.hour!, part.minute!, part.second!);
}

/** How far the clocks in `zone` are ahead of UTC at `instant`, ms. */
export const offsetAt = (instant: number, zone: string): number =>
  wallAt(instant, zone) - Math.floor(instant / second) * second;

export interface Reading {
  /** Instant, ms. */
  at: number;
  /** `gap`: clocks go forward over this reading, moved on by as much. `overlap`: it happens twice, the first taken. */
  kind: 'exact' | 'gap' | 'overlap';
}

/** The instant at which the clocks in `zone` show `wall`. */
export function instantOf(wall: number, zone: string): Reading {
  const before = offsetAt(wall - day, zone);
  const after = offsetAt(wall + day, zone);
  const fits = [...new Set([before, after])].map((offset) => wall - offset).filter((at) => wallAt(at, zone) === wall);
  if (fits.length === 0) return { at: wall - before, kind: 'gap' };
  return { at: Math.min(...fits), kind: fits.length === 1 ? 'exact' : 'overlap' };
}

/** Midnight at the beginning of the wall's day, as a wall. */
export const dayOf = (wall: number): number => Math.floor(wall / day) * day;

/** 0 is Sunday, as in `Date`. */
export const weekdayOf = (wall: number): number => new Date(wall).getUTCDay();

/** Midnight of `2026-12-01` as a wall; undefined when there is no such day. */
export function wallOfDate(text: string): number | undefined {
  const wall = Date.parse(`${text}T00:00:00Z`);
  // Date.parse lets 2026-02-30 slip into March; reading it back tells.
  return Number.isFinite(wall) && new Date(wall).toISOString().startsWith(text) ? wall : undefined;
}

const weekdays = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];

/** `fri`, `Friday` → 5; undefined when it is no day. At least three letters. */
export function weekdayNamed(word: string): number | undefined {
  const lower = word.toLowerCase();
  const found = weekdays.findIndex((name) => lower.length >= 3 && name.startsWith(lower));
  return found < 0 ? undefined : found;
}

/** `Fri` for a wall. */
export const weekdayName = (wall: number): string => {
  const name = weekdays[weekdayOf(wall)]!.slice(0, 3);
  return name[0]!.toUpperCase() + name.slice(1);
};
