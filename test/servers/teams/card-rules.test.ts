import { describe, expect, it } from 'vitest';
import { card, carrying, execute, general, startBot, words } from './bot.ts';
import { cardProblems } from './card-rules.ts';
import type { Json } from './json.ts';

/** Every rule refuses once and lets pass once. */

const reason = { type: 'Input.Text', id: 'reason', label: 'Why?', isRequired: true, errorMessage: 'Say why.' };
const show = (title: string, body: Json[], actions: Json[] = []): Json => ({
  type: 'Action.ShowCard',
  title,
  card: { type: 'AdaptiveCard', body, actions },
});
const runs = (...inlines: unknown[]): Json => ({ type: 'RichTextBlock', inlines });
const ann = { type: 'mention', text: '<at>Ann</at>', mentioned: { id: 'o-ann', name: 'Ann' } };
const calling = (entity: Json, body: Json[]) => card(body, [], { msteams: { width: 'Full', entities: [entity] } });
const seven = (rest: Json = {}) =>
  Array.from({ length: 7 }, (_, index) => execute(`Go ${index}`, index === 6 ? rest : {}));
const some = [words('hello')];

const rules: [string, good: Json, bad: Json, says: RegExp][] = [
  ['version 1.5 at most', card(some), card(some, [], { version: '1.6' }), /version: Teams shows up to 1\.5/],
  ['a version at all', card(some), card(some, [], { version: undefined }), /version: is missing/],
  ['known elements', card([runs('a')]), card([{ type: 'Badge', text: 'a' }]), /body\/0: Badge is not known/],
  ['no tables', card(some), card([{ type: 'Table', rows: [] }]), /Table is not known/],
  ['known properties', card(some), card([{ ...words('a'), colour: 'Good' }]), /colour/],
  [
    'known words',
    card([{ ...words('a'), color: 'good' }]),
    card([{ ...words('a'), color: 'Green' }]),
    /color: must be/,
  ],
  ['text in a TextBlock', card(some), card([{ type: 'TextBlock' }]), /body\/0\/text/],
  ['runs in a RichTextBlock', card([runs('a')]), card([runs({ type: 'Link', text: 'a' })]), /Link is not known/],
  [
    'columns in a ColumnSet',
    card([{ type: 'ColumnSet', columns: [{ type: 'Column', width: 'auto', items: some }] }]),
    card([{ type: 'ColumnSet', columns: some }]),
    /columns\/0: TextBlock is not known/,
  ],
  [
    'what stands in a container',
    card([{ type: 'Container', items: some }]),
    card([{ type: 'Container', items: [{ type: 'Nope' }] }]),
    /items\/0: Nope/,
  ],
  [
    'facts of two texts',
    card([{ type: 'FactSet', facts: [{ title: 'a', value: 'b' }] }]),
    card([{ type: 'FactSet', facts: [{ title: 'a', value: 1 }] }]),
    /facts\/0\/value/,
  ],
  ['an id for each input', card([reason]), card([{ ...reason, id: undefined }]), /body\/0\/id/],
  [
    'ids only once, ShowCards included',
    card([], [show('A', [reason]), show('B', [{ ...reason, id: 'reason-b' }])]),
    card([], [show('A', [reason]), show('B', [reason])]),
    /id reason is there twice/,
  ],
  [
    'ids of a fallback do not count',
    card([{ ...reason, fallback: reason }]),
    card([reason, reason]),
    /id reason is there twice/,
  ],
  ['known actions', card(some, [execute('Go')]), card(some, [{ type: 'Action.Http' }]), /Action\.Http is not known/],
  ['a verb', card(some, [execute('Go')]), card(some, [execute('Go', { verb: '' })]), /verb: must say/],
  ['a verb at all', card(some, [execute('Go')]), card(some, [execute('Go', { verb: undefined })]), /actions\/0\/verb/],
  [
    'a known fallback',
    card(some, [execute('Go', { fallback: { type: 'Action.Submit', title: 'Go' } })]),
    card(some, [execute('Go', { fallback: { type: 'Action.Http' } })]),
    /fallback: Action\.Http/,
  ],
  ['six primary actions', card(some, seven({ mode: 'secondary' })), card(some, seven()), /7 primary actions/],
  [
    'six primary actions in an ActionSet',
    card([{ type: 'ActionSet', actions: seven().slice(1) }]),
    card([{ type: 'ActionSet', actions: seven() }]),
    /body\/0\/actions: 7 primary actions/,
  ],
  [
    'what opens behind a button',
    card(some, [show('A', some, [execute('Go')])]),
    card(some, [show('A', some, [execute('Go', { verb: '' })])]),
    /actions\/0\/card\/actions\/0\/verb/,
  ],
  [
    'web addresses',
    card(some, [{ type: 'Action.OpenUrl', title: 'Log', url: 'https://example.com' }]),
    card(some, [{ type: 'Action.OpenUrl', title: 'Log', url: 'javascript:alert(1)' }]),
    /url/,
  ],
  [
    'no ShowCard behind a tap',
    card([{ type: 'Container', items: some, selectAction: execute('Go') }]),
    card([{ type: 'Container', items: some, selectAction: show('A', some) }]),
    /selectAction: Action\.ShowCard is not known/,
  ],
  [
    'targets that are there',
    card([{ ...words('a'), id: 'more' }], [{ type: 'Action.ToggleVisibility', targetElements: ['more'] }]),
    card(some, [{ type: 'Action.ToggleVisibility', targetElements: ['more'] }]),
    /means more, which is not there/,
  ],
  [
    'mentions that stand in the card',
    calling(ann, [words('waiting for <at>Ann</at>')]),
    calling(ann, [words('waiting for Ann')]),
    /<at>Ann<\/at> stands in no TextBlock/,
  ],
  [
    'mentions outside of text runs',
    calling(ann, [{ type: 'FactSet', facts: [{ title: 'for', value: '<at>Ann</at>' }] }]),
    calling(ann, [runs('<at>Ann</at>')]),
    /stands in no TextBlock/,
  ],
  [
    'mentions of somebody',
    calling(ann, [words('<at>Ann</at>')]),
    calling({ ...ann, mentioned: { name: 'Ann' } }, [words('<at>Ann</at>')]),
    /mentioned\/id/,
  ],
];

describe('a card is held to', () => {
  it.each(rules)('%s', (_rule, good, bad, says) => {
    expect(cardProblems(good)).toEqual([]);
    expect(cardProblems(bad).join('\n')).toMatch(says);
  });
});

describe('a message with a card', () => {
  const create = (activity: Json) => ({ isGroup: true, channelData: { channel: { id: general } }, activity });

  it('is refused with every problem at once, and nothing is shown', async () => {
    const bot = await startBot();
    const broken = card([{ type: 'Table' }], [execute('Go', { verb: '' })], { version: '1.6' });
    const answer = await bot.call('POST', 'conversations', create(carrying(broken)));
    expect([answer.status, answer.body.error?.code]).toEqual([400, 'BadArgument']);
    expect(bot.teams.refusals()[0]?.problems).toHaveLength(3);
    expect(bot.teams.messages(general)).toEqual([]);
  });

  it('passes up to 100 KB of UTF-16', async () => {
    const bot = await startBot();
    const fits = await bot.call('POST', 'conversations', create(carrying(card([words('x'.repeat(50_000))]))));
    expect(fits.status).toBe(201);
    const over = await bot.call('POST', 'conversations', create(carrying(card([words('x'.repeat(51_200))]))));
    expect([over.status, over.body.error?.code]).toEqual([413, 'MessageSizeTooBig']);
  });

  it('costs a warning when its notification says nothing or its mention calls nobody', async () => {
    const bot = await startBot();
    await bot.call('POST', 'conversations', create(carrying(calling(ann, [words('<at>Ann</at>')]), { summary: '' })));
    expect(bot.teams.warnings).toEqual([expect.stringContaining('summary'), expect.stringContaining('calls nobody')]);
    const { aadObjectId: id } = bot.teams.as('ann').user;
    const real = calling({ ...ann, mentioned: { id, name: 'Ann' } }, [words('<at>Ann</at>')]);
    await bot.call('POST', 'conversations', create(carrying(real)));
    expect(bot.teams.warnings).toHaveLength(2);
    expect(bot.teams.mentions(bot.teams.messages(general)[1]!)).toEqual([{ id, name: 'Ann', text: '<at>Ann</at>' }]);
  });
});
