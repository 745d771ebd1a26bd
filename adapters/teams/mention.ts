import type { Mention } from '../../src/release/view.ts';
import type { MentionEntity } from './activity.ts';
import { type Block, line } from './blocks.ts';
import { limits } from './limits.ts';
import { oneLine } from './text.ts';

/** Whom a note calls: the blocks that name them, and the entities that make Teams ring. */
export interface Calls {
  blocks: Block[];
  entities: MentionEntity[];
}

type Somebody = Extract<Mention, { person: string }>;
const entraId = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** People of our tenant are called; everybody else, and every group, is named: Teams mentions no Entra group. */
export const callsOf = (mentions: Mention[], tenant: string): Calls => {
  const some = mentions.slice(0, 20);
  const isOurs = (one: Mention): one is Somebody =>
    'person' in one && one.surface === 'teams' && one.tenant === tenant && entraId.test(one.person);
  const people = new Map(some.filter(isOurs).map((one) => [one.person.toLowerCase(), one]));
  const names = new Set(some.filter((one) => !isOurs(one)).map(({ name }) => oneLine(name, limits.name)));
  const entities = entitiesOf([...people.values()]);
  return {
    entities,
    blocks: [
      ...(entities.length > 0 ? [called(entities)] : []),
      ...(names.size > 0 ? [line(`For ${[...names].join(', ')}`, 2_000, {}, { spacing: 'Small' })] : []),
    ],
  };
};

const called = (entities: MentionEntity[]): Block => ({
  type: 'TextBlock',
  text: entities.map(({ text }) => text).join(' '),
  wrap: true,
  spacing: 'Small',
});

/** Teams finds whom a text means by the text alone, so two people of one name need two texts. */
const entitiesOf = (people: Somebody[]): MentionEntity[] => {
  const taken = new Set<string>();
  return people.map(({ person, name }) => {
    const unique = oneOfItsKind(safeName(name), taken);
    taken.add(unique);
    return { type: 'mention', text: `<at>${unique}</at>`, mentioned: { id: person, name: unique } };
  });
};

const oneOfItsKind = (name: string, taken: Set<string>): string => {
  let unique = name;
  for (let number = 2; taken.has(unique); number += 1) unique = `${name} (${number})`;
  return unique;
};

/**
 * A name between tags, in a text that reads markdown. What either could take for its own is left out, not escaped: clients
 * do not agree on how escapes are undone.
 */
const safeName = (name: string): string => oneLine(name.replace(/[^\p{L}\p{M}\p{N} .,'’()@-]/gu, ' '), limits.name);
