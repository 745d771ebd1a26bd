import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDuration } from '../src/config/durations.ts';
import { isRefusal } from '../src/errors.ts';
import { ago, duration, isFrozen, parseWhen, parseWindow, describe as sayInstant } from '../src/time.ts';
import { day, hour, instantOf, isZone, minute, offsetAt, wallAt, weekdayOf } from '../src/zones.ts';

const berlin = 'Europe/Berlin';
const zones = [berlin, 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe', 'Pacific/Apia', 'UTC'];
/** Wednesday 2026-11-25 14:20 in Berlin. */
const now = Date.parse('2026-11-25T13:20:00Z');
const at = (iso: string) => Date.parse(iso);

function readAt(words: string, from = now, zone = berlin): number {
  const when = parseWhen(words, from, zone);
  if (isRefusal(when)) throw new Error(`${words}: ${when.say}`);
  return when.at;
}

function refusal(words: string) {
  const when = parseWhen(words, now, berlin);
  if (!isRefusal(when)) throw new Error(`${words} was read as ${when.say}`);
  return when;
}

describe('parseWhen', () => {
  it.each([
    ['now', '2026-11-25T13:20:00Z'],
    ['at 21:00', '2026-11-25T20:00:00Z'],
    ['15:00', '2026-11-25T14:00:00Z'],
    ['9pm', '2026-11-25T20:00:00Z'],
    ['9:15 pm', '2026-11-25T20:15:00Z'],
    ['today at 17', '2026-11-25T16:00:00Z'],
    ['tomorrow 9:00', '2026-11-26T08:00:00Z'],
    ['Tomorrow at 9', '2026-11-26T08:00:00Z'],
    ['12am tomorrow', '2026-11-25T23:00:00Z'],
    ['tomorrow noon', '2026-11-26T11:00:00Z'],
    ['9am tomorrow', '2026-11-26T08:00:00Z'],
    ['monday 14:30', '2026-11-30T13:30:00Z'],
    ['on monday at 14:30', '2026-11-30T13:30:00Z'],
    ['wednesday 15:00', '2026-11-25T14:00:00Z'],
    ['wed 9:00', '2026-12-02T08:00:00Z'],
    ['2026-12-01 09:00', '2026-12-01T08:00:00Z'],
    ['2026-12-01T09:00', '2026-12-01T08:00:00Z'],
    ['2026-12-01T09:00+01:00', '2026-12-01T08:00:00Z'],
    ['2026-12-01T09:00:00Z', '2026-12-01T09:00:00Z'],
    ['tomorrow 9:00 America/New_York', '2026-11-26T14:00:00Z'],
    ['at 16:00 UTC', '2026-11-25T16:00:00Z'],
    ['in 30m', '2026-11-25T13:50:00Z'],
    ['in 2 hours', '2026-11-25T15:20:00Z'],
    ['in an hour', '2026-11-25T14:20:00Z'],
    ['in 1h 30m', '2026-11-25T14:50:00Z'],
    ['in 90 minutes', '2026-11-25T14:50:00Z'],
    ['in 1 hour and 5 minutes', '2026-11-25T14:25:00Z'],
    ['in 1d', '2026-11-26T13:20:00Z'],
  ])('reads %s', (words, iso) => {
    expect(new Date(readAt(words)).toISOString()).toBe(new Date(iso).toISOString());
  });

  it.each([
    'later',
    'soon',
    'morning',
    'tomorrow morning',
    'tonight',
    'next monday 14:30',
    'midnight',
    '',
    'after lunch',
    '1.12.2026 09:00',
  ])('asks when the words are vague: %s', (words) => {
    expect(refusal(words)).toMatchObject({ code: 'not-a-time', hint: expect.stringContaining('tomorrow 9:00') });
  });

  it.each(['friday', 'tomorrow', '2026-12-01'])('asks for the time of a mere day: %s', (words) => {
    expect(refusal(words)).toMatchObject({
      say: expect.stringContaining('no time'),
      hint: `Add the time: "${words} 9:00".`,
    });
  });

  it.each(['25:00', '9:75', '13pm', '0am', 'tomorrow 24:00'])('names a wrong time of day: %s', (words) => {
    expect(refusal(words).say).toContain('not a time of day');
  });

  it.each([
    '2026-02-30 09:00',
    '2026-13-01 09:00',
    '2026-02-30T09:00Z',
    'someday 9:00',
    'in a while',
    'in 5',
    'in -5m',
    'in 99999999999d',
  ])('refuses what is no instant: %s', (words) => {
    expect(refusal(words).code).toBe('not-a-time');
  });

  it.each(['9:00', 'today 14:00', '2026-11-24 09:00', '2026-11-25T13:00:00Z', '9am'])(
    'refuses the past: %s',
    (words) => {
      expect(refusal(words).say).toMatch(/Europe\/Berlin \(UTC\+1\) has already passed/);
    },
  );

  it('takes the minute that is running as now', () => {
    expect(readAt('14:20', now + 20_000)).toBe(now + 20_000);
  });

  it('moves a reading that the clocks skip forward, and says so', () => {
    const when = parseWhen('2026-03-29 02:30', at('2026-03-28T12:00:00Z'), berlin);
    expect(when).toMatchObject({ at: at('2026-03-29T01:30:00Z'), say: expect.stringContaining('03:30') });
    expect(when).toMatchObject({ note: '02:30 does not exist that night in Europe/Berlin; 03:30 is meant.' });
  });

  it('takes the first of a reading that comes twice, and says so', () => {
    const when = parseWhen('2026-11-01 01:30', at('2026-10-31T12:00:00Z'), 'America/New_York');
    expect(when).toMatchObject({ at: at('2026-11-01T05:30:00Z'), note: expect.stringContaining('comes twice') });
  });

  it('keeps the clock, not the 24 hours, over a change: tomorrow 9:00', () => {
    expect(readAt('tomorrow 9:00', at('2026-03-28T12:00:00Z'))).toBe(at('2026-03-29T07:00:00Z'));
  });

  const instants = fc.integer({ min: at('2020-01-01T00:00Z') / minute, max: at('2035-01-01T00:00Z') / minute });
  it('reads back every minute it says, in every zone', () => {
    fc.assert(
      fc.property(instants, fc.constantFrom(...zones), (minutes, zone) => {
        const instant = minutes * minute;
        const words = sayInstant(instant, zone).split(' ').slice(1, 3).join(' ');
        const back = readAt(words, instant - 2 * day, zone);
        // Of a reading that comes twice only the first can come back.
        if (back !== instant) expect(instantOf(wallAt(instant, zone), zone).kind).toBe('overlap');
      }),
      { numRuns: 300 },
    );
  });

  it('never reads an instant of the past, whatever is typed', () => {
    const typed = fc.oneof(
      fc.string(),
      fc.stringMatching(/^(tomorrow|mon|fri|today|)( at)? \d{1,2}(:\d{2})?( ?[ap]m)?$/),
    );
    fc.assert(
      fc.property(typed, instants, fc.constantFrom(...zones), (words, minutes, zone) => {
        const when = parseWhen(words, minutes * minute, zone);
        if (!isRefusal(when)) expect(when.at).toBeGreaterThanOrEqual(minutes * minute);
      }),
    );
  });
});

describe('zones', () => {
  it('turns an instant into a wall and back', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1.5e9, max: 2.2e9 }), fc.constantFrom(...zones), (seconds, zone) => {
        const instant = seconds * 1_000;
        const back = instantOf(wallAt(instant, zone), zone);
        if (back.kind === 'exact') expect(back.at).toBe(instant);
        else expect(instant - back.at).toBeGreaterThanOrEqual(0);
        expect(back.kind).not.toBe('gap');
      }),
    );
  });

  it('knows a zone from a word', () => {
    expect(zones.every(isZone)).toBe(true);
    expect(isZone('Europe/Berln')).toBe(false);
    expect(offsetAt(now, berlin)).toBe(hour);
  });
});

function freeze(text: string, zone = berlin, reason = 'weekend') {
  const window = parseWindow(text, zone, reason);
  if (!window) throw new Error(`${text} was not understood`);
  return window;
}

describe('isFrozen', () => {
  const weekend = freeze('Fri 15:00 – Mon 08:00');
  it.each([
    ['2026-11-27T13:59:59Z', undefined],
    ['2026-11-27T14:00:00Z', '2026-11-30T07:00:00Z'],
    ['2026-11-29T12:00:00Z', '2026-11-30T07:00:00Z'],
    ['2026-11-30T06:59:59Z', '2026-11-30T07:00:00Z'],
    ['2026-11-30T07:00:00Z', undefined],
    // The clocks change on this Sunday: it ends at 08:00 by the clock on the wall.
    ['2026-03-28T12:00:00Z', '2026-03-30T06:00:00Z'],
    ['2026-10-24T12:00:00Z', '2026-10-26T07:00:00Z'],
  ])('a weekly freeze at %s', (iso, until) => {
    expect(isFrozen([weekend], at(iso))).toEqual(until && { until: at(until), reason: 'weekend' });
  });

  it.each([
    ['Fri 15:00 - Mon 08:00'],
    ['Fri 15:00-Mon 08:00'],
    ['friday 15:00 to monday 8:00'],
    ['FRI 15:00—MON 08:00'],
  ])('reads %s alike', (text) => {
    expect({ ...freeze(text), text: '' }).toEqual({ ...weekend, text: '' });
  });

  it.each([
    ['22:00 – 06:00', '2026-11-25T04:59:00Z', '2026-11-25T05:00:00Z'],
    ['22:00 – 06:00', '2026-11-25T21:00:00Z', '2026-11-26T05:00:00Z'],
    ['22:00 – 06:00', '2026-11-25T05:00:00Z', undefined],
    ['09:00-17:00', '2026-11-25T08:00:00Z', '2026-11-25T16:00:00Z'],
    ['2026-12-20 – 2027-01-02', '2027-01-02T22:59:59Z', '2027-01-02T23:00:00Z'],
    ['2026-12-20 – 2027-01-02', '2026-12-19T22:59:59Z', undefined],
    ['2026-12-20 18:00 - 2027-01-02 08:00', '2026-12-20T17:00:00Z', '2027-01-02T07:00:00Z'],
    ['2026-12-24', '2026-12-24T12:00:00Z', '2026-12-24T23:00:00Z'],
    ['Sat – Sun', '2026-11-28T12:00:00Z', '2026-11-29T23:00:00Z'],
    ['Sun', '2026-11-29T12:00:00Z', '2026-11-29T23:00:00Z'],
    ['Fri 15:00 – Fri 08:00', '2026-11-27T10:00:00Z', undefined],
    ['Fri 15:00 – Fri 08:00', '2026-11-25T10:00:00Z', '2026-11-27T07:00:00Z'],
    ['Fri 15:00 – 24:00', '2026-11-27T15:00:00Z', null],
  ])('%s at %s', (text, iso, until) => {
    if (until === null) expect(parseWindow(text, berlin, 'x')).toBeUndefined();
    else expect(isFrozen([freeze(text)], at(iso))?.until).toBe(until && at(until));
  });

  it.each([
    '',
    'weekend',
    'Fri 15:00',
    'Fri 25:00 – Mon 08:00',
    '22:00 – 22:00',
    'Fri 15:00 – Fri 15:00',
    '2027-01-02 – 2026-12-20',
    '2026-02-30 – 2026-03-02',
    'Fry 15:00 – Mon 08:00',
  ])('does not understand %s', (text) => {
    expect(parseWindow(text, berlin, 'x')).toBeUndefined();
  });

  it('does not understand a zone that is none', () => {
    expect(parseWindow('Sat – Sun', 'Europe/Berln', 'x')).toBeUndefined();
  });

  it('joins windows that touch, and names the first reason', () => {
    const holidays = freeze('2026-11-30 – 2026-12-01', berlin, 'holidays');
    expect(isFrozen([weekend, holidays], at('2026-11-28T12:00:00Z'))).toEqual({
      until: at('2026-12-01T23:00:00Z'),
      reason: 'weekend',
    });
  });

  it('ends the search when windows cover all time', () => {
    const always = [freeze('06:00 – 22:00'), freeze('22:00 – 06:00')];
    expect(isFrozen(always, now)!.until).toBeGreaterThan(now + 7 * day);
  });

  it('agrees with the clock on the wall, across every change of clocks', () => {
    const minuteOfWeek = (wall: number) => weekdayOf(wall) * day + (((wall % day) + day) % day);
    const [opens, closes] = [5 * day + 15 * hour, 1 * day + 8 * hour];
    fc.assert(
      fc.property(
        fc.integer({ min: 1.6e9, max: 2.1e9 }),
        fc.constantFrom(berlin, 'America/New_York'),
        (seconds, zone) => {
          const wall = wallAt(seconds * 1_000, zone);
          const inside = minuteOfWeek(wall) >= opens || minuteOfWeek(wall) < closes;
          const frozen = isFrozen([freeze('Fri 15:00 – Mon 08:00', zone)], seconds * 1_000);
          expect(frozen !== undefined).toBe(inside);
          if (frozen) expect(minuteOfWeek(wallAt(frozen.until, zone))).toBe(closes);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('is closed at its end and open just before, on nights when the clocks change too', () => {
    const changes = [
      at('2026-03-29T01:00Z'),
      at('2026-10-25T01:00Z'),
      at('2026-03-08T07:00Z'),
      at('2026-11-01T06:00Z'),
    ];
    const near = fc.tuple(fc.constantFrom(...changes), fc.integer({ min: -2 * day, max: 2 * day }));
    fc.assert(
      fc.property(near, fc.constantFrom(berlin, 'America/New_York'), ([change, away], zone) => {
        const window = freeze('22:00 – 02:30', zone);
        const frozen = isFrozen([window], change + away);
        if (!frozen) return;
        expect(isFrozen([window], frozen.until)).toBeUndefined();
        expect(isFrozen([window], frozen.until - 1)).toEqual(frozen);
      }),
      { numRuns: 500 },
    );
  });
});

describe('saying time', () => {
  it.each([
    [now, berlin, 'Wed 2026-11-25 14:20 Europe/Berlin (UTC+1)'],
    [now, 'UTC', 'Wed 2026-11-25 13:20 UTC'],
    [now, 'Asia/Kolkata', 'Wed 2026-11-25 18:50 Asia/Kolkata (UTC+5:30)'],
    [now, 'America/St_Johns', 'Wed 2026-11-25 09:50 America/St_Johns (UTC-3:30)'],
  ])('%d in %s', (instant, zone, said) => {
    expect(sayInstant(instant, zone)).toBe(said);
  });

  it.each([
    [0, '0 s', 'just now'],
    [4_999, '5 s', 'just now'],
    [45_000, '45 s', '45 s ago'],
    [59_900, '1 min', '59 s ago'],
    [250_000, '4 min 10 s', '4 min ago'],
    [7_500_000, '2 h 5 min', '2 h ago'],
    [3 * day, '3 d', '3 d ago'],
    [-5, '0 s', 'just now'],
  ])('%d ms', (ms, long, past) => {
    expect(duration(ms)).toBe(long);
    expect(ago(ms)).toBe(past);
  });

  it.each([
    ['30m', 30 * minute],
    ['10s', 10_000],
    ['2h', 2 * hour],
    ['1d', day],
    ['1h30m', 90 * minute],
    ['1.5h', 90 * minute],
    ['500ms', 500],
    ['30', undefined],
    ['30 minutes', undefined],
    ['', undefined],
    ['-5m', undefined],
  ])('parseDuration %s', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });
});
