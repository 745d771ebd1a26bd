import { parseDuration } from './config/durations.ts';
import { type Refusal, refuse } from './errors.ts';
import {
  day,
  dayOf,
  hour,
  instantOf,
  isZone,
  minute,
  offsetAt,
  second,
  wallAt,
  wallOfDate,
  weekdayName,
  weekdayNamed,
  weekdayOf,
} from './zones.ts';

export { type FreezeWindow, isFrozen, parseWindow } from './freeze-windows.ts';

/** The only place that turns words into instants. `now` always comes in as an argument. */

/** An instant (ms) read from words, and how to say it back: absolute, with its zone. */
export interface When {
  at: number;
  say: string;
  /** What we had to decide, when the clocks change that night. */
  note?: string;
}

const examples = 'Name a day and a time: "tomorrow 9:00", "monday 14:30", "2026-12-01 09:00" or "in 30m".';
const notATime = (say: string, hint = examples): Refusal => refuse('not-a-time', say, hint);

/** Words of a duration as people write them: `30 minutes`, `an hour`, `1h 30m`. */
function spokenDuration(words: string): number | undefined {
  const short = words
    .replace(/\ban?\s+/g, '1 ')
    .replace(/\s*(?:and|,)\s*/g, ' ')
    .replace(
      /\b(\d+(?:\.\d+)?)\s*(sec(?:ond)?s?|min(?:ute)?s?|h(?:ou)?rs?|days?|[smhd])\b/g,
      (_, n, u: string) => n + u[0],
    )
    .replaceAll(' ', '');
  return parseDuration(short);
}

/** `9`, `9:30`, `9pm`, `12 am`, `noon` → ms after midnight. */
function spokenClock(word: string): number | undefined {
  if (word === 'noon') return 12 * hour;
  const match = /^(\d{1,2})(?::(\d{2}))?\s*(am|pm)?$/.exec(word);
  if (!match) return undefined;
  const [hours, minutes] = [Number(match[1]), Number(match[2] ?? 0)];
  if (minutes > 59 || hours > (match[3] ? 12 : 23) || (match[3] && hours === 0)) return undefined;
  const onTwentyFour = match[3] ? (hours % 12) + (match[3] === 'pm' ? 12 : 0) : hours;
  return onTwentyFour * hour + minutes * minute;
}

/** The midnight (wall) that a day word means, seen from `today`. A weekday is the next one, today included. */
function spokenDay(word: string, today: number): number | undefined {
  if (word === 'today') return today;
  if (word === 'tomorrow') return today + day;
  if (/^\d{4}-\d{2}-\d{2}$/.test(word)) return wallOfDate(word);
  const weekday = weekdayNamed(word);
  return weekday === undefined ? undefined : today + ((weekday - weekdayOf(today) + 7) % 7) * day;
}

const clockWords = String.raw`noon|\d{1,2}(?::\d{2})?\s*(?:am|pm)?`;
const dayWords = String.raw`\d{4}-\d{2}-\d{2}|[a-z]+`;
const clockLast = new RegExp(`^(?:(?:on\\s+)?(${dayWords})(?:\\s+|t))?(?:at\\s+)?(${clockWords})$`);
const clockFirst = new RegExp(`^(${clockWords})\\s+(?:on\\s+)?(${dayWords})$`);

/** A zone may follow: `9:00 Europe/Berlin`, `9:00 UTC`. */
function zoneAtEnd(words: string, zone: string): [string, string] {
  const match = /^(.*\S)\s+(UTC|[A-Za-z_]+\/[A-Za-z_/+-]+\d*)$/.exec(words);
  return match && isZone(match[2]!) ? [match[1]!, match[2]!] : [words, zone];
}

function withOffset(words: string): number | undefined {
  const form = /^\d{4}-\d{2}-\d{2}t\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:z|[+-]\d{2}:\d{2})$/;
  if (!form.test(words) || wallOfDate(words.slice(0, 10)) === undefined) return undefined;
  const at = Date.parse(words.toUpperCase());
  return Number.isFinite(at) ? at : undefined;
}

/** Day and clock as walls; a Refusal says which of the two is missing or wrong. */
function dayAndClock(words: string, today: number): { midnight: number; clock: number; spoken?: string } | Refusal {
  const last = clockLast.exec(words);
  const first = last ? null : clockFirst.exec(words);
  const spoken = last ? last[1] : first?.[2];
  const clockText = last ? last[2] : first?.[1];
  if (!clockText) return spokenDay(words, today) === undefined ? vague(words) : dayOnly(words);
  const clock = spokenClock(clockText);
  if (clock === undefined) return notATime(`"${clockText}" is not a time of day.`, 'Write it as 9:00, 21:30 or 9pm.');
  const midnight = spoken ? spokenDay(spoken, today) : today;
  if (midnight === undefined) return vague(words);
  return { midnight, clock, spoken };
}

const vague = (words: string): Refusal => notATime(`"${words}" does not say exactly when.`);
const dayOnly = (words: string): Refusal =>
  notATime(`"${words}" names a day but no time.`, `Add the time: "${words} 9:00".`);

/** Something typed a moment ago for the minute that is running still means now. */
function notPast(at: number, now: number, zone: string, note?: string): When | Refusal {
  if (at <= now - minute) {
    const hint = 'Name a later time, with the day if you mean another one: "tomorrow 9:00".';
    return notATime(`${describe(at, zone)} has already passed.`, hint);
  }
  const start = Math.max(at, now);
  return { at: start, say: describe(start, zone), ...(note && { note }) };
}

function noteOf(kind: 'exact' | 'gap' | 'overlap', wall: number, at: number, zone: string): string | undefined {
  const shown = clockText(wall);
  if (kind === 'gap') return `${shown} does not exist that night in ${zone}; ${clockText(wallAt(at, zone))} is meant.`;
  return kind === 'overlap' ? `${shown} comes twice that night in ${zone}; the first is meant.` : undefined;
}

/**
 * Reads when to start: `at 9:00`, `9pm`, `tomorrow at 9`, `monday 14:30`, `2026-12-01 09:00`,
 * `2026-12-01T09:00+01:00`, `in 30m`, `now`, each with a zone behind it if wanted.
 * @param now ms; @param zone the asker's, for words that name none.
 * @returns the instant, or a Refusal (`not-a-time`) when it is vague, wrong or past.
 */
export function parseWhen(words: string, now: number, zone: string): When | Refusal {
  const [text, named] = zoneAtEnd(
    words
      .trim()
      .replace(/\s+/g, ' ')
      .replace(/^at\s+/i, ''),
    zone,
  );
  const lower = text.toLowerCase();
  if (lower === 'now') return { at: now, say: describe(now, named) };
  if (lower.startsWith('in ')) return fromNow(lower, now, named);
  const absolute = withOffset(lower);
  if (absolute !== undefined) return notPast(absolute, now, named);
  const today = dayOf(wallAt(now, named));
  const parts = dayAndClock(lower, today);
  if ('code' in parts) return parts;
  const read = (midnight: number) => instantOf(midnight + parts.clock, named);
  const first = read(parts.midnight);
  // "monday 9:00" said on a Monday at noon is next week's.
  const nextWeek = parts.spoken && weekdayNamed(parts.spoken) !== undefined && first.at <= now - minute;
  const midnight = nextWeek ? parts.midnight + 7 * day : parts.midnight;
  const { at, kind } = nextWeek ? read(midnight) : first;
  return notPast(at, now, named, noteOf(kind, midnight + parts.clock, at, named));
}

/** Nobody means more than a year; it would only be a slip of the finger. */
const longestWait = 366 * day;

function fromNow(words: string, now: number, zone: string): When | Refusal {
  const wait = spokenDuration(words.slice(3));
  if (wait === undefined || wait > longestWait)
    return notATime(`"${words}" is not a time from now.`, 'Write "in 30m", "in 2h" or "in 1d".');
  return { at: now + wait, say: describe(now + wait, zone) };
}

const clockText = (wall: number): string => new Date(wall).toISOString().slice(11, 16);

function offsetText(instant: number, zone: string): string {
  const minutes = Math.round(offsetAt(instant, zone) / minute);
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  return minutes === 0
    ? 'UTC'
    : `UTC${minutes < 0 ? '-' : '+'}${hours}${rest ? `:${String(rest).padStart(2, '0')}` : ''}`;
}

/** An instant (ms) that cannot be misread: `Tue 2026-12-01 09:00 Europe/Berlin (UTC+1)`. */
export function describe(instant: number, zone: string): string {
  const wall = wallAt(instant, zone);
  const offset = offsetText(instant, zone);
  const where = zone === offset ? zone : `${zone} (${offset})`;
  return `${weekdayName(wall)} ${new Date(wall).toISOString().slice(0, 10)} ${clockText(wall)} ${where}`;
}

const sizes: readonly [string, number][] = [
  ['d', day],
  ['h', hour],
  ['min', minute],
  ['s', second],
];

/** A length of time (ms) in at most two short words: `45 s`, `4 min 10 s`, `2 h 5 min`, `3 d`. */
export function duration(ms: number): string {
  const whole = Math.max(0, Math.round(ms / second) * second);
  const largest = sizes.findIndex(([, size]) => whole >= size);
  if (largest < 0) return '0 s';
  const [[unit, size], smaller] = [sizes[largest]!, sizes[largest + 1]];
  const rest = smaller ? Math.floor((whole % size) / smaller[1]) : 0;
  return `${Math.floor(whole / size)} ${unit}${rest ? ` ${rest} ${smaller![0]}` : ''}`;
}

/** How long ago (ms) in one short word: `just now`, `12 s ago`, `5 min ago`, `3 d ago`. */
export function ago(ms: number): string {
  const found = sizes.find(([, size]) => ms >= size);
  return found && ms >= 5 * second ? `${Math.floor(ms / found[1])} ${found[0]} ago` : 'just now';
}

/** An instant (ms) as machines read it: `2026-11-23T14:03:00.000Z`. */
export const isoTime = (instant: number): string => new Date(instant).toISOString();
