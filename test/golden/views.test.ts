import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { render as onSlack } from '../../adapters/slack/render.ts';
import { render as onTeams } from '../../adapters/teams/render.ts';
import { renderForm } from '../../adapters/teams/render-form.ts';
import type { EventType } from '../../src/release/event.ts';
import type { AnswerView, View } from '../../src/release/view.ts';
import { phaseWords } from '../../src/release/words.ts';
import { answers } from '../fixtures/answers.ts';
import { team, tenant } from '../fixtures/release-life.ts';
import { cards, lives, notes, releases, speaks } from '../fixtures/views.ts';

/**
 * Everything that people get to see, on both platforms, as committed files: whoever changes a sentence sees in the
 * review what it becomes. `npx vitest run test/golden -u` writes them anew.
 */

const platforms: Record<string, (view: View) => unknown> = {
  slack: (view) => onSlack(view, team),
  teams: (view) => onTeams(view, tenant),
};

const fileOf = (platform: string, name: string): string =>
  `./${platform}/${name.replaceAll(/[^a-z0-9]+/gi, '-').toLowerCase()}.json`;
const said = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

const formChoices = { services: ['checkout', 'payments'], environments: ['staging', 'prod'] };
const formProblem: AnswerView = {
  kind: 'answer',
  tone: 'bad',
  title: 'The registry has no payments 2.4.9.',
  lines: [],
  hint: 'Nearest: 2.4.1, 2.4.0.',
};

const all: [string, View][] = [
  ...cards().map(([name, view]): [string, View] => [`card ${name}`, view]),
  ...notes().map(([name, view]): [string, View] => [`note ${name}`, view]),
  ...(await answers()).map(([name, view]): [string, View] => [`answer ${name}`, view]),
];

describe.each(Object.keys(platforms))('what people see on %s', (platform) => {
  test.each(all)('%s', async (name, view) => {
    await expect(said(platforms[platform]!(view))).toMatchFileSnapshot(fileOf(platform, name));
  });

  test('has no picture of what nobody sees any more', () => {
    const names = all.map(([name]) => fileOf(platform, name).split('/').at(-1));
    const forms = platform === 'teams' ? ['form.json', 'form-refused.json'] : [];
    expect(readdirSync(`test/golden/${platform}`).sort()).toEqual([...names, ...forms].sort());
  });

  test('every kind of view has a renderer', () => {
    const kinds: Record<View['kind'], true> = { release: true, note: true, answer: true };
    for (const kind of Object.keys(kinds)) {
      const view = all.find(([, one]) => one.kind === kind)?.[1];
      expect(view && platforms[platform]!(view), kind).toBeTypeOf('object');
    }
  });
});

test('the form of Teams', async () => {
  await expect(said(renderForm(formChoices))).toMatchFileSnapshot('./teams/form.json');
  const given = { service: 'payments', version: '2.4.9', environment: 'prod', reason: 'fixes the double charge' };
  await expect(said(renderForm(formChoices, given, formProblem))).toMatchFileSnapshot('./teams/form-refused.json');
});

describe('the set is complete', () => {
  test('every phase has a card', () => {
    expect(new Set(releases().map(([, { phase }]) => phase))).toEqual(new Set(Object.keys(phaseWords)));
  });

  test('every event that people read about has a line, and no other', () => {
    const heard = new Set(notes().map(([name]) => name.split(',')[0]));
    const speaking = (Object.keys(speaks) as EventType[]).filter((type) => speaks[type]);
    expect([...heard].sort()).toEqual(speaking.sort());
  });

  test('every life goes through: no event of it is lost', () => {
    for (const [name, release] of releases()) expect([name, release.rev]).toEqual([name, lives[name]!.length]);
  });

  test('no two views share a file', () => {
    expect(new Set(all.map(([name]) => fileOf('', name))).size).toBe(all.length);
  });
});
