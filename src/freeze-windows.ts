import { day, dayOf, instantOf, isZone, minute, wallAt, wallOfDate, weekdayNamed, weekdayOf } from './zones.ts';

/**
 * A stretch of time in which nothing starts. `repeating` begins each day, or each `weekday` (0 = Sunday), `from`
 * after midnight and ends `days` days later, `to` after midnight, on the clocks of `zone`. All in ms.
 */
export type FreezeWindow = { text: string; zone: string; reason: string } & (
  | { kind: 'repeating'; weekday?: number; from: number; days: number; to: number }
  | { kind: 'once'; from: number; until: number }
);

type Span = { weekday?: number; from: number; days: number; to: number };

const clock = String.raw`(?:\s+|T)?(\d{1,2}:\d{2})?`;
const separator = String.raw`\s*(?:–|—|-|\bto\b|\buntil\b)\s*`;
const daily = new RegExp(`^(\\d{1,2}:\\d{2})${separator}(\\d{1,2}:\\d{2})$`, 'i');
const weekly = new RegExp(`^([a-z]+)${clock}(?:${separator}([a-z]+)${clock})?$`, 'i');
const dated = new RegExp(`^(\\d{4}-\\d{2}-\\d{2})${clock}(?:${separator}(\\d{4}-\\d{2}-\\d{2})${clock})?$`, 'i');

/** `15:30` → ms after midnight; `24:00` is the end of the day. */
function clockOf(text: string): number | undefined {
  const [hours, minutes] = text.split(':').map(Number) as [number, number];
  const at = (hours * 60 + minutes) * minute;
  return minutes < 60 && at <= day ? at : undefined;
}

function dailySpan(text: string): Span | undefined {
  const match = daily.exec(text);
  if (!match) return undefined;
  const [from, to] = [clockOf(match[1]!), clockOf(match[2]!)];
  if (from === undefined || to === undefined || from === to) return undefined;
  return { from, days: to > from ? 0 : 1, to };
}

// Without a clock a day is meant whole, the last one too: "Sat – Sun" ends at midnight on Monday.
function weeklySpan(text: string): Span | undefined {
  const match = weekly.exec(text);
  const first = match && weekdayNamed(match[1]!);
  const last = match && weekdayNamed(match[3] ?? match[1]!);
  if (!match || first == null || last == null) return undefined;
  if (!match[3] && match[2]) return undefined;
  const from = clockOf(match[2] ?? '00:00');
  const to = match[4] ? clockOf(match[4]) : day;
  if (from === undefined || to === undefined) return undefined;
  const apart = (last - first + 7) % 7;
  const days = apart === 0 && to <= from ? 7 : apart;
  return days * day + to - from >= 7 * day ? undefined : { weekday: first, from, days, to };
}

function datedSpan(text: string, zone: string): { from: number; until: number } | undefined {
  const match = dated.exec(text);
  const first = match && wallOfDate(match[1]!);
  const last = match && wallOfDate(match[3] ?? match[1]!);
  if (!match || first == null || last == null || (!match[3] && match[2])) return undefined;
  const start = clockOf(match[2] ?? '00:00');
  const end = match[4] ? clockOf(match[4]) : day;
  if (start === undefined || end === undefined || last + end <= first + start) return undefined;
  return { from: instantOf(first + start, zone).at, until: instantOf(last + end, zone).at };
}

/**
 * Reads a freeze: weekly (`Fri 15:00 – Mon 08:00`, `Sat – Sun`), daily (`22:00 – 06:00`) or dated
 * (`2026-12-20 – 2027-01-02`, the last day included). Undefined when it is none of these, or the zone is unknown.
 */
export function parseWindow(text: string, zone: string, reason: string): FreezeWindow | undefined {
  if (!isZone(zone)) return undefined;
  const trimmed = text.trim();
  const about = { text: trimmed, zone, reason };
  const span = dailySpan(trimmed) ?? weeklySpan(trimmed);
  if (span) return { ...about, kind: 'repeating', ...span };
  const once = datedSpan(trimmed, zone);
  return once && { ...about, kind: 'once', ...once };
}

/** When the window that is open at `now` ends; undefined when it is not open. */
function endOf(window: FreezeWindow, now: number): number | undefined {
  if (window.kind === 'once') return window.from <= now && now < window.until ? window.until : undefined;
  const today = dayOf(wallAt(now, window.zone));
  // The day before the longest reach as well: a clock that was moved can show yesterday's date.
  for (let back = 0; back <= window.days + 1; back += 1) {
    const start = today - back * day;
    if (window.weekday !== undefined && weekdayOf(start) !== window.weekday) continue;
    const until = instantOf(start + window.days * day + window.to, window.zone).at;
    if (instantOf(start + window.from, window.zone).at <= now && now < until) return until;
  }
  return undefined;
}

/** Windows that follow each other without a break are one freeze; past this many it is as good as for ever. */
const chainLimit = 50;

/** Whether nothing may start at `now` (ms): until when (ms) and why. Adjoining and overlapping windows count as one. */
export function isFrozen(windows: readonly FreezeWindow[], now: number): { until: number; reason: string } | undefined {
  const open = windows.find((window) => endOf(window, now) !== undefined);
  if (!open) return undefined;
  let until = now;
  for (let links = 0; links < chainLimit; links += 1) {
    const ends = windows.map((window) => endOf(window, until)).filter((end) => end !== undefined);
    if (ends.length === 0) break;
    until = Math.max(...ends);
  }
  return { until, reason: open.reason };
}
