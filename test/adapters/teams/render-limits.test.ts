import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Sent } from '../../../adapters/teams/activity.ts';
import { render } from '../../../adapters/teams/render.ts';
import { type Choices, type Field, renderForm } from '../../../adapters/teams/render-form.ts';
import type { CardView, View } from '../../../src/release/view.ts';
import { anyAnswer, anyCard, anyNote, teamsPeople, words } from '../../fixtures/any-view.ts';
import { tenant } from '../../fixtures/release-life.ts';
import { cardProblems } from '../../servers/teams/card-rules.ts';
import type { Json } from '../../servers/teams/json.ts';

const views: [string, fc.Arbitrary<View>][] = [
  ['card', anyCard],
  ['note', anyNote],
  ['answer', anyAnswer],
];
const runs = { numRuns: 200 };

const name = fc.oneof(fc.string({ minLength: 1, maxLength: 60 }), words);
const names = fc.uniqueArray(name, { maxLength: 400 });
const fields: Field[] = ['service', 'version', 'environment', 'strategy', 'reason'];
const form = fc
  .record({
    choices: fc.record({ services: names, environments: names }) as fc.Arbitrary<Choices>,
    given: fc.dictionary(fc.constantFrom(...fields), words),
    problem: fc.option(anyAnswer, { nil: undefined }),
  })
  .map(
    ({ choices, given, problem }) =>
      () =>
        renderForm(choices, given, problem),
  );

/** Bytes of the activity that carries it. */
const bytes = ({ summary, card }: Sent): number =>
  Buffer.byteLength(
    JSON.stringify({
      type: 'message',
      summary,
      attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', content: card }],
    }),
    'utf16le',
  );

/** Every object in a value, however deep. */
const objectsIn = (value: unknown): Json[] => {
  if (typeof value !== 'object' || value === null) return [];
  return [...(Array.isArray(value) ? [] : [value as Json]), ...Object.values(value).flatMap(objectsIn)];
};
const stringsIn = (value: unknown): string[] =>
  objectsIn(value).flatMap((it) => Object.values(it).filter((one) => typeof one === 'string'));
const textBlocks = ({ card }: Sent): string[] =>
  objectsIn(card.body).flatMap((it) => (it.type === 'TextBlock' ? [String(it.text)] : []));

const takes = (sent: Sent): void => {
  expect(cardProblems(sent.card as unknown as Json)).toEqual([]);
  expect(bytes(sent)).toBeLessThanOrEqual(82_000);
  const inputs = objectsIn(sent.card).flatMap(({ type, id }) => (String(type).startsWith('Input.') ? [id] : []));
  expect(new Set(inputs).size).toBe(inputs.length);
  for (const run of objectsIn(sent.card)) if (run.type === 'TextRun') expect(run.text).not.toBe('');
};

describe('any view', () => {
  it.each(views)('a %s stays within what Teams takes', (_kind, view) => {
    fc.assert(
      fc.property(view, (one) => takes(render(one, tenant))),
      runs,
    );
  });

  it('so does the form, whatever the catalog has and people type', () => {
    fc.assert(
      fc.property(form, (show) => takes(show())),
      { numRuns: 100 },
    );
  });

  it.each(views)('a %s is the same each time', (_kind, view) => {
    fc.assert(
      fc.property(view, (one) => {
        expect(render(structuredClone(one), tenant)).toEqual(render(one, tenant));
      }),
      { numRuns: 50 },
    );
  });

  it.each(views)('nothing in a %s hides or turns around', (_kind, view) => {
    fc.assert(
      fc.property(view, (one) => {
        const { summary, card } = render(one, tenant);
        const refs = objectsIn(card).flatMap(({ ref }) => (ref === undefined ? [] : [ref]));
        for (const text of [summary, ...stringsIn(card)].filter((it) => !refs.includes(it))) {
          expect(text.isWellFormed()).toBe(true);
          expect(text).not.toMatch(/(?!\t)\p{Cc}|[\u200b\u202a-\u202e\u2066-\u2069]/u);
        }
      }),
      runs,
    );
  });

  it('calls nobody whom it does not mean to', () => {
    fc.assert(
      fc.property(fc.oneof(...views.map(([, view]) => view)), (one) => {
        const sent = render(one, tenant);
        const entities = sent.card.msteams?.entities ?? [];
        for (const { mentioned, text } of entities) {
          expect(teamsPeople).toContain(mentioned.id);
          expect(text).toMatch(/^<at>[^<>&*_[\]`~\\]+<\/at>$/);
          expect(text).toBe(`<at>${mentioned.name}</at>`);
        }
        expect(new Set(entities.map(({ text }) => text)).size).toBe(entities.length);
        // Markdown and mentions are read in these blocks alone: our own tags stand there, and code that has none in it.
        const tags = entities.map(({ text }) => text).join(' ');
        const others = textBlocks(sent).filter((text) => text !== tags);
        for (const text of others) expect(text).not.toMatch(/[<>*`~[\]()\\!&|]|:\/\/|^[^a-z0-9]|\b_|_\b|^\d+\. /i);
        expect(textBlocks(sent).length - others.length).toBe(tags === '' ? 0 : 1);
      }),
      runs,
    );
  });
});

describe('the longest card', () => {
  const long = '"'.repeat(60_000);
  const button: CardView['buttons'][number] = {
    verb: 'rollback',
    label: long,
    style: 'danger',
    ref: 'r'.repeat(200),
    confirm: { title: long, text: long, yes: long, no: long },
    asksReason: true,
  };
  const view: CardView = {
    kind: 'release',
    release: 'payments-7f3',
    rev: 1,
    final: false,
    tone: 'bad',
    headline: `payments prod · FAILED · ${long}`,
    facts: Array.from({ length: 80 }, () => ({ label: long, text: long })),
    steps: Array.from({ length: 80 }, () => ({ text: long, state: 'now', elapsed: long })),
    buttons: [button, button, button, button],
    footer: long,
  };

  it('is taken, and never cuts off its state', () => {
    const sent = render(view, tenant);
    takes(sent);
    expect(sent.summary).toContain('payments prod · FAILED');
    expect(JSON.stringify(sent.card.body[0])).toContain('❌ payments prod · FAILED');
  });

  it('keeps what its buttons refer to', () => {
    const refs = objectsIn(render(view, tenant).card).flatMap(({ ref }) => (ref ? [ref] : []));
    expect(refs).toEqual(Array.from({ length: 6 }, () => 'r'.repeat(200)));
  });
});
