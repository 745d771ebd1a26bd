import { foldCase } from './grammar-text.ts';

/** A service or an environment as the catalog names it. */
export interface Named {
  name: string;
  aliases: readonly string[];
}

/** What the grammar needs to know of the catalog. */
export interface Words {
  services: readonly Named[];
  environments: readonly Named[];
}

/** Every word somebody may type → the names it stands for. More than one name means that it is ambiguous. */
export type Glossary = ReadonlyMap<string, ReadonlySet<string>>;

export interface Lexicon {
  services: Glossary;
  environments: Glossary;
}

const glossary = (entries: readonly Named[]): Glossary => {
  // A Map and not an object: a service called `constructor` or `__proto__` is an ordinary word here.
  const words = new Map<string, Set<string>>();
  for (const { name, aliases } of entries)
    for (const word of [name, ...aliases].map(foldCase)) {
      const names = words.get(word) ?? new Set<string>();
      words.set(word, names.add(name));
    }
  return words;
};

export const lexicon = (words: Words): Lexicon => ({
  services: glossary(words.services),
  environments: glossary(words.environments),
});

/** The names that a word stands for; none when nobody knows it. */
export const namesOf = (words: Glossary, word: string): string[] => [...(words.get(foldCase(word)) ?? [])];
