import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { coloured, paintFor, plain } from '../../../adapters/console/paint.ts';
import { render } from '../../../adapters/console/render.ts';
import { renderAnswer } from '../../../adapters/console/render-answer.ts';
import { renderCard } from '../../../adapters/console/render-card.ts';
import { renderNote } from '../../../adapters/console/render-note.ts';
import { clean, clip, widthOf, wrap } from '../../../adapters/console/text.ts';
import type { CardView } from '../../../src/release/view.ts';
import { card, no, note } from './views.ts';

const sheet = { width: 80, paint: plain };
/** Written without the characters themselves, so that nobody's editor hides them. */
const moves = '\u001b[2J\u001b]0;owned\u0007';
const overturned = '\u202e1.4.2\u202c';

describe('a card in a terminal', () => {
  it('is a box of 80 columns that reads from top to bottom', () => {
    expect(`\n${renderCard(card, sheet).join('\n')}\n`).toBe(`
╭──────────────────────────────────────────────────────────────────────────────╮
│ ◆ payments prod · AWAITING APPROVAL · 2.4.1                                  │
│                                                                              │
│   Asked by  Ann: the fix is needed                                           │
│   Version   2.4.0 → 2.4.1                                                    │
│   Risk      50: critical service 30 + prod comes after staging 20            │
│                                                                              │
│   ✔ apply 2.4.1 at eu/prod/deployment/payments                          12 s │
│   ▸ apply 2.4.1 at us/prod/deployment/payments                           2 s │
│                                                                              │
│   [1] Approve   [2] Reject   [3] Abort                                       │
╰── payments-7f3 ──────────────────────────────────────────────────────────────╯
`);
  });

  it('shows warnings of the ledger, which follow the id in the footer', () => {
    const lines = renderCard({ ...card, footer: 'payments-7f3 · UNSAFE: it forgets' }, sheet);
    expect(lines.at(-2)).toContain('UNSAFE: it forgets');
    expect(lines.at(-1)).toContain('payments-7f3');
  });

  it('tells how an older card is used, because the numbers are the newest one’s', () => {
    const text = renderCard(card, sheet, 'words').join('\n');
    expect(text).not.toContain('[1]');
    expect(text).toContain('type approve, reject, abort');
  });

  it('colours a card without moving anything in it', () => {
    const painted = renderCard(card, { width: 80, paint: coloured });
    expect(painted.join('')).toContain('\u001b[');
    expect(painted.map(stripVTControlCharacters)).toEqual(renderCard(card, sheet));
  });

  it('stays a box with any text, on any width', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 200 });
    const views = fc.record({
      headline: text,
      facts: fc.array(fc.record({ label: text, text }), { maxLength: 4 }),
      steps: fc.array(fc.record({ text, elapsed: text, state: fc.constantFrom('done', 'now', 'todo', 'failed') }), {
        maxLength: 4,
      }),
      footer: text,
    });
    fc.assert(
      fc.property(views, fc.integer({ min: 48, max: 100 }), (view, width) => {
        const lines = renderCard({ ...card, ...(view as Partial<CardView>) }, { width, paint: plain });
        for (const line of lines) expect(widthOf(line)).toBe(width);
      }),
    );
  });
});

describe('notes and answers', () => {
  it('indents a line of the thread, calls people by name, and leaves code to be copied', () => {
    const view = {
      ...note,
      code: 'kubectl get pods\nkubectl logs',
      mentions: [{ group: 'slack:S1', name: 'managers' }],
    };
    expect(renderNote(view, sheet)).toEqual([
      '  │ ✔ Approved by Bob',
      '  │   @managers',
      '      kubectl get pods',
      '      kubectl logs',
    ]);
  });

  it('never breaks a line of code: a command that is pasted in halves does half of its work', () => {
    const code = `kubectl set image deployment/payments app=registry.example.com/payments@sha256:${'a'.repeat(64)}`;
    expect(renderNote({ ...note, code }, sheet).at(-1)).toBe(`      ${code}`);
  });

  it('marks a loud line, and says when somebody on duty is called', () => {
    const text = renderNote({ ...note, tone: 'bad', page: true }, sheet, true).join('\n');
    expect(text).toContain('┃ ✖ Approved by Bob');
    expect(text).toContain('on duty');
  });

  it('says that a private answer is private, at the right where there is room', () => {
    expect(renderAnswer(no, sheet, true)).toEqual([
      '  ✖ Dan may not approve payments in prod.                      only you see this',
      '    → Somebody with the role release-managers can.',
    ]);
    const long = renderAnswer({ ...no, title: 'x '.repeat(36), lines: ['Its card moves.'] }, sheet, true);
    expect(long[1]).toMatch(/^ {4}Its card moves\. +only you see this$/);
    const full = renderAnswer({ ...no, title: 'x '.repeat(36), hint: undefined }, sheet, true);
    expect(full.at(-1)).toBe('    only you see this');
    expect(renderAnswer(no, sheet).join('')).not.toContain('only you');
  });
});

describe('text from outside', () => {
  it.each([card, note, no])('loses what moves the cursor or turns text around ($kind)', (view) => {
    const hostile = JSON.parse(
      JSON.stringify(view, (key, value) =>
        ['text', 'title', 'headline', 'label', 'hint', 'footer', 'elapsed'].includes(key)
          ? `${value} ${moves}${overturned}\u009b31m`
          : value,
      ),
    );
    const text = render(hostile, sheet).join('\n');
    expect(text).not.toMatch(/(?!\n)\p{Cc}|[\u202a-\u202e\u2066-\u2069]/u);
    expect(text).toContain('1.4.2');
  });

  it('keeps line breaks, makes tabs blanks, and stands half characters', () => {
    expect(clean('a\tb\r\nc\rd\u2028e')).toBe('a  b\nc\nd\ne');
    expect(clean('\ud800x')).toBe('\ufffdx');
  });

  it('counts columns as a terminal does', () => {
    expect(['abc', '日本', '✔', '👍', 'é', 'e\u0301', '⏸️'].map(widthOf)).toEqual([3, 4, 1, 2, 1, 1, 2]);
  });

  it('breaks between words, and inside a word that no line can hold', () => {
    expect(wrap('one two three', 8)).toEqual(['one two', 'three']);
    expect(wrap('abcdefghij', 4)).toEqual(['abcd', 'efgh', 'ij']);
    expect(wrap('', 4)).toEqual(['']);
    expect(clip('日本語', 5)).toBe('日本…');
    expect(clip('abc', 3)).toBe('abc');
  });
});

describe('colours', () => {
  it('are for a terminal whose owner did not switch them off', () => {
    expect(paintFor(true, undefined)(['red'], 'x')).toBe('\u001b[31mx\u001b[39m');
    expect(paintFor(true, '')(['red'], 'x')).not.toBe('x');
    expect(paintFor(true, '1')(['red'], 'x')).toBe('x');
    expect(paintFor(false, undefined)(['red'], 'x')).toBe('x');
  });
});
