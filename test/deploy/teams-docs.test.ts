import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { variables } from '../../src/config/variables.ts';

/** docs/teams.md is followed step by step by people who cannot read our code: what it names must be there. */

const docs = readFileSync('docs/teams.md', 'utf8');
const named = (pattern: RegExp): string[] =>
  [...new Set([...docs.matchAll(pattern)].map(([, name]) => name!))].toSorted();

test('it names every setting of Teams, and none that does not exist', () => {
  const settings = Object.keys(variables.shape).filter((name) => name.startsWith('MICROSOFT_'));
  expect(named(/\b(MICROSOFT_[A-Z_]+)\b/g)).toEqual(settings.toSorted());
});

test('it asks for the permissions that a refusal asks for', () => {
  const asked = readFileSync('adapters/teams/identity.ts', 'utf8').match(/\w+\.Read\.All/g);
  expect(named(/`(\w+\.\w+\.All)`/g)).toEqual([...new Set(asked)].toSorted());
});

test('its numbers of Entra are those that we explain ourselves', () => {
  const explained = readFileSync('adapters/teams/entra.ts', 'utf8');
  for (const number of named(/AADSTS(\d+)/g)) expect(explained).toContain(`${number}:`);
});

test('its pictures, links and commands are there', () => {
  for (const picture of named(/src="([^"]+)"/g)) expect(existsSync(`docs/${picture}`), picture).toBe(true);
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
  expect(Object.keys(scripts)).toEqual(expect.arrayContaining(named(/npm run ([\w-]+)/g)));
  const headings = [...docs.matchAll(/^## (.+)$/gm)].map(([, text]) => text!.toLowerCase().replaceAll(' ', '-'));
  expect(headings).toEqual(expect.arrayContaining(named(/\]\(#([^)]+)\)/g)));
});
