import { describe, expect, it } from 'vitest';
import type { Sent } from '../../../adapters/teams/activity.ts';
import { reasonId } from '../../../adapters/teams/buttons.ts';
import { render } from '../../../adapters/teams/render.ts';
import { formVerb, renderForm } from '../../../adapters/teams/render-form.ts';
import type { AnswerView, Mention, NoteView } from '../../../src/release/view.ts';
import { ann, cyd, tenant } from '../../fixtures/release-life.ts';
import { cardButtons, cardElements, cardInputs, cardText } from '../../servers/teams/card-reading.ts';
import type { Json } from '../../servers/teams/json.ts';
import { approve, cardView, reject, rollBack } from '../slack/views.ts';

const cardIn = (sent: Sent) => sent.card as unknown as Json;
const wordsOf = (sent: Sent): string[] => cardText(cardIn(sent));
const buttonsOf = (sent: Sent) => cardButtons(cardIn(sent));
const runsOf = (sent: Sent): Json[] =>
  cardElements(cardIn(sent)).flatMap((it) => (it.type === 'RichTextBlock' ? (it.inlines as Json[]) : []));

describe('a release card', () => {
  it('reads from top to bottom as a person asks: state, facts, steps', () => {
    expect(wordsOf(render(cardView(), tenant))).toEqual([
      '✋ payments prod · WAITING FOR APPROVAL',
      '0 of 2',
      'Version',
      '2.4.0 → 2.4.1',
      'Asked by',
      'alice <alice@example.com>',
      '✓',
      'apply 2.4.1 in eu · 12 s',
      '▸',
      'bake · 3 s',
      '○',
      'promote',
      'payments-7f3 · plan 3fa9',
    ]);
  });

  it('says on a lock screen and aloud what its first line says', () => {
    const headline = 'payments prod · ROLLED BACK · serving 2.4.0, healthy · cause: <b> & more';
    const { summary, card } = render(cardView({ tone: 'bad', headline }), tenant);
    expect(summary).toBe(`❌ ${headline}`);
    expect(card.fallbackText).toBe(summary);
    expect(card.speak).toBe('❌ payments prod, ROLLED BACK, serving 2.4.0, healthy, cause: b and more');
  });

  it('shows its state larger than anything else, in a band of its mood', () => {
    const sent = render(cardView({ tone: 'bad' }), tenant);
    expect(sent.card.body[0]).toMatchObject({ type: 'Container', style: 'attention', bleed: true });
    const large = runsOf(sent).filter((run) => run.size === 'Large');
    expect(large.map((run) => run.text)).toEqual(['❌ payments prod · WAITING FOR APPROVAL']);
  });

  it('has the step that is under way in bold, and a mark before each', () => {
    const bold = runsOf(render(cardView(), tenant)).filter((run) => run.weight === 'Bolder' && run.size === undefined);
    expect(bold.map((run) => run.text)).toEqual(['0 of 2', 'Version', 'Asked by', '▸', 'bake · 3 s']);
  });

  it('keeps the way back alone in the last row, wherever the others are', () => {
    for (const buttons of [[approve, reject, rollBack], [reject, rollBack], [rollBack]]) {
      const { card } = render(cardView({ buttons }), tenant);
      expect(card.actions).toMatchObject([{ title: 'Roll back to 2.4.0' }]);
    }
    expect(render(cardView({ buttons: [] }), tenant).card.actions).toBeUndefined();
  });

  it('has buttons that carry their reference and nothing else, for clients old and new', () => {
    const [now] = buttonsOf(render(cardView({ buttons: [approve, rollBack] }), tenant));
    const data = { ref: 'sealed-approve' };
    expect(now).toMatchObject({
      label: 'Approve',
      kind: 'Execute',
      verb: 'approve',
      data,
      style: 'positive',
      inputs: [],
    });
    expect(now?.fallback).toMatchObject({ type: 'Action.Submit', title: 'Approve', data });
  });

  it('asks before what cannot be undone, and says how to leave it', () => {
    const [outer, yes] = buttonsOf(render(cardView({ buttons: [rollBack] }), tenant));
    expect(outer).toMatchObject({ label: 'Roll back to 2.4.0', kind: 'ShowCard', style: 'destructive' });
    expect(cardText(outer?.opens as Json)).toEqual([
      'Roll back payments prod?',
      '2.4.1 → 2.4.0',
      'Keep 2.4.1: the button above closes this.',
    ]);
    expect(yes).toMatchObject({ label: 'Roll back', verb: 'rollback', behind: 'Roll back to 2.4.0', inputs: [] });
  });

  it('asks for a reason where one is needed, and does not ask for it at any other button', () => {
    const all = buttonsOf(render(cardView(), tenant));
    const asking = all.filter(({ inputs }) => inputs.length > 0);
    expect(asking).toMatchObject([{ label: 'Reject', verb: 'reject', data: { ref: 'sealed-reject' } }]);
    expect(asking[0]?.inputs).toMatchObject([{ id: reasonId, required: true, maxLength: 500 }]);
    expect(asking[0]?.inputs[0]?.label).toContain('Everybody here sees it');
  });
});

describe('a line in the thread', () => {
  const note = (more: Partial<NoteView> = {}): NoteView => ({
    kind: 'note',
    tone: 'bad',
    text: 'exit code 1 in app',
    mentions: [],
    ...more,
  });
  const called = (...mentions: Mention[]) => render(note({ mentions }), tenant).card;
  const person = ({ actor, name }: typeof ann): Mention => ({
    person: actor.id,
    surface: 'teams',
    tenant: actor.tenant,
    name,
  });

  it('calls people of our own tenant, by their Entra id', () => {
    const card = called(person(ann), person(cyd), person(ann));
    expect(card.msteams?.entities).toEqual([
      { type: 'mention', text: '<at>Ann Ortega</at>', mentioned: { id: ann.actor.id, name: 'Ann Ortega' } },
      { type: 'mention', text: '<at>Cyd</at>', mentioned: { id: cyd.actor.id, name: 'Cyd' } },
    ]);
    expect(card.body.at(-1)).toMatchObject({ type: 'TextBlock', text: '<at>Ann Ortega</at> <at>Cyd</at>' });
  });

  it('only names everybody else, and groups', () => {
    const card = called(
      { ...person(ann), tenant: 'another' } as Mention,
      { person: 'U0BOB', surface: 'slack', tenant: 'T0ACME', name: 'Bob <at>Cyd</at>' },
      { group: 'teams:b0000000-0000-4000-8000-00000000000b', name: 'release_managers' },
    );
    expect(card.msteams?.entities).toBeUndefined();
    expect(wordsOf({ summary: '', card }).at(-1)).toBe('For Ann Ortega, Bob <at>Cyd</at>, release_managers');
  });

  it('tells two people of one name apart, or Teams would call one of them twice', () => {
    const entities = called(person(ann), { ...person(cyd), name: 'Ann Ortega' } as Mention).msteams?.entities;
    expect(entities?.map(({ text }) => text)).toEqual(['<at>Ann Ortega</at>', '<at>Ann Ortega (2)</at>']);
  });

  it('leaves out of a name what would end the mention or format it', () => {
    const entities = called({ ...person(ann), name: "Ann</at> **O'Hara** [x](y) _z_ & Søn-Ωmega" } as Mention).msteams
      ?.entities;
    expect(entities?.[0]?.text).toBe("<at>Ann at O'Hara x (y) z Søn-Ωmega</at>");
  });

  it('shows code line by line, as it came, so that commands can be copied', () => {
    const code = 'kubectl  set image app=x:1   # back\n\n\tat main.go:41\u202e *not bold* <at>Ann</at>';
    const mono = runsOf(render(note({ code }), tenant)).filter((run) => run.fontType === 'Monospace');
    expect(mono.map((run) => run.text)).toEqual([
      'kubectl  set image app=x:1   # back',
      '\u00a0',
      '\tat main.go:41 *not bold* <at>Ann</at>',
    ]);
  });

  it('keeps the end of a long log', () => {
    const code = Array.from({ length: 500 }, (_, index) => `line ${index}`).join('\n');
    const words = wordsOf(render(note({ code }), tenant));
    expect(words).toContain('line 499');
    expect(words).toContain('… 420 lines before');
  });

  it('makes links of web addresses only, and shows where they lead', () => {
    const runs = runsOf(render(note({ text: 'see https://ci.example.com/run?a=1&b=2. [x](http://y)' }), tenant));
    expect(runs.map(({ text, selectAction }) => [text, (selectAction as Json | undefined)?.url])).toEqual([
      ['❌ see ', undefined],
      ['https://ci.example.com/run?a=1&b=2', 'https://ci.example.com/run?a=1&b=2'],
      ['. [x](', undefined],
      ['http://y', 'http://y'],
      [')', undefined],
    ]);
  });
});

describe('an answer', () => {
  it('says what is, and what to do next', () => {
    const answer: AnswerView = {
      kind: 'answer',
      tone: 'stopped',
      title: 'No service "paymets"',
      lines: ['The catalog has 12 services.'],
      code: 'deploy payments 2.4.1 to prod',
      hint: 'Did you mean payments?',
    };
    expect(wordsOf(render(answer, tenant))).toEqual([
      '⏸️ No service "paymets"',
      'The catalog has 12 services.',
      'deploy payments 2.4.1 to prod',
      '→ Did you mean payments?',
    ]);
  });
});

describe('the form', () => {
  const choices = { services: ['checkout', 'payments'], environments: ['staging', 'prod'] };
  const refusal: AnswerView = {
    kind: 'answer',
    tone: 'bad',
    title: 'No payments 2.4.9.',
    lines: [],
    hint: 'Nearest: 2.4.1.',
  };

  it('asks for what a deploy needs, and sends it all with one button', () => {
    const sent = renderForm(choices);
    expect(cardInputs(cardIn(sent)).map(({ id, required }) => [id, required])).toEqual([
      ['service', true],
      ['version', true],
      ['environment', true],
      ['strategy', false],
      ['reason', false],
    ]);
    const [button, ...others] = buttonsOf(sent);
    expect(others).toEqual([]);
    expect(button).toMatchObject({ label: 'Deploy', verb: formVerb, data: { form: formVerb } });
    expect(button?.inputs).toHaveLength(5);
    expect(button?.fallback).toMatchObject({ type: 'Action.Submit', data: { form: formVerb } });
  });

  it('says why it was refused, and keeps what was typed', () => {
    const given = { service: 'payments', version: '2.4.9', environment: 'nowhere', reason: 'fix' };
    const sent = renderForm(choices, given, refusal);
    expect(wordsOf(sent).slice(0, 3)).toEqual(['Deploy', '❌ No payments 2.4.9.', '→ Nearest: 2.4.1.']);
    expect(cardInputs(cardIn(sent)).map(({ value }) => value)).toEqual([
      'payments',
      '2.4.9',
      undefined,
      undefined,
      'fix',
    ]);
  });

  it('lets people type what is too long for a menu', () => {
    const services = Array.from({ length: 500 }, (_, index) => `service-${index}`);
    const [service, , environment] = cardInputs(cardIn(renderForm({ ...choices, services })));
    expect([service?.type, environment?.type]).toEqual(['Input.Text', 'Input.ChoiceSet']);
  });
});
