import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parse } from '../../src/release/grammar.ts';
import { rows } from '../../src/release/grammar-table.ts';
import { pixels } from './png.ts';

/** `npm run teams-package`, as an operator runs it: what it makes is what Teams takes, and says what the code does. */

const appId = '0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0';
const dir = mkdtempSync(join(tmpdir(), 're-teams-package-'));
afterAll(() => rmSync(dir, { recursive: true }));

interface Said {
  code: number;
  out: string;
  err: string;
}
const run = (words: string[], env: Record<string, string> = {}): Promise<Said> =>
  new Promise((resolve) => {
    execFile(process.execPath, ['src/teams-package.ts', ...words], { env }, (error, out, err) =>
      resolve({ code: Number(error?.code ?? 0), out: out.trim(), err: err.trim() }),
    );
  });

async function build(words: string[] = [], env?: Record<string, string>): Promise<Uint8Array> {
  const out = join(dir, 'package.zip');
  expect(await run(['--app-id', appId, '--out', out, ...words], env)).toMatchObject({ code: 0, err: '' });
  return readFileSync(out);
}

const text = (max: number) => z.string().min(1).max(max);
const page = z.url({ protocol: /^https$/ }).max(2_048);
const scope = z.enum(['team', 'groupChat', 'personal']);
const command = z.strictObject({ title: text(32), description: text(128) });

/** The sizes that Teams holds a package to, and no field more than we mean to have. */
const manifest = z.strictObject({
  $schema: z.literal('https://developer.microsoft.com/json-schemas/teams/v1.25/MicrosoftTeams.schema.json'),
  manifestVersion: z.literal('1.25'),
  version: z.string().regex(/^\d+\.\d+\.\d+$/),
  id: z.guid(),
  developer: z.strictObject({ name: text(32), websiteUrl: page, privacyUrl: page, termsOfUseUrl: page }),
  name: z.strictObject({ short: text(30), full: text(100) }),
  description: z.strictObject({ short: text(80), full: text(4_000) }),
  icons: z.strictObject({ color: z.literal('color.png'), outline: z.literal('outline.png') }),
  accentColor: z.string().regex(/^#[0-9a-f]{6}$/),
  defaultInstallScope: z.literal('team'),
  supportsChannelFeatures: z.literal('tier1'),
  bots: z.tuple([
    z.strictObject({
      botId: z.guid(),
      scopes: z.array(scope),
      supportsFiles: z.literal(false),
      isNotificationOnly: z.literal(false),
      commandLists: z.array(z.strictObject({ scopes: z.tuple([scope]), commands: z.array(command).min(1).max(10) })),
    }),
  ]),
  validDomains: z.array(z.string()),
});
const manifestIn = (zip: Uint8Array) =>
  manifest.parse(JSON.parse(new TextDecoder().decode(unzipSync(zip)['manifest.json'])));

const known = { services: [{ name: 'payments', aliases: [] }], environments: [{ name: 'prod', aliases: [] }] };

describe('the package for Teams', () => {
  it('holds a manifest that Teams takes, and the two icons', async () => {
    const zip = await build(['--version', '1.2.3', '--domain', 'bot.example.com']);
    expect(Object.keys(unzipSync(zip)).toSorted()).toEqual(['color.png', 'manifest.json', 'outline.png']);
    const made = manifestIn(zip);
    expect(made).toMatchObject({ version: '1.2.3', id: appId, validDomains: ['bot.example.com'] });
    expect(made.bots[0].botId).toBe(appId);
    expect(made.developer.websiteUrl).toBe('https://bot.example.com/docs');
  });

  it('needs nothing but the app id', async () => {
    expect(manifestIn(await build())).toMatchObject({ version: '1.0.0', validDomains: [] });
  });

  it('asks for no permission', async () => {
    expect(Object.keys(manifestIn(await build()))).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/permissions|authorization|webApplicationInfo/)]),
    );
  });

  it('is the same bytes whenever and wherever it is built', async () => {
    const here = await build([], { TZ: 'UTC' });
    expect(await build([], { TZ: 'Pacific/Auckland' })).toEqual(here);
  });

  it('takes an app id in capitals', async () => {
    const out = join(dir, 'capitals.zip');
    await run(['--app-id', appId.toUpperCase(), '--out', out]);
    expect(manifestIn(readFileSync(out)).id).toBe(appId);
  });
});

describe('the commands of its menus', () => {
  it('are there for each scope once', async () => {
    const [{ scopes, commandLists }] = manifestIn(await build()).bots;
    expect(commandLists.map((list) => list.scopes[0])).toEqual(scopes);
    for (const { commands } of commandLists)
      expect(new Set(commands.map(({ title }) => title)).size).toBe(commands.length);
  });

  it('are ways to say a command, and their examples are understood as that command', async () => {
    const listed = manifestIn(await build()).bots[0].commandLists.flatMap(({ commands }) => commands);
    for (const { title, description } of listed) {
      const row = rows.find(({ says }) => says.includes(title));
      const example = description.split(': ').at(-1)!;
      expect(example.startsWith(title), description).toBe(true);
      expect(parse(example, known), description).toMatchObject({ ok: true, command: { verb: row!.verb } });
    }
  });
});

describe('its icons', () => {
  const icon = async (name: string) => pixels(unzipSync(await build())[name]!);

  it('color: 192 × 192, and nothing of it shows through', async () => {
    const { width, height, alpha } = await icon('color.png');
    expect([width, height]).toEqual([192, 192]);
    expect(alpha.every((one) => one === 255)).toBe(true);
  });

  it('outline: 32 × 32, white on nothing', async () => {
    const { width, height, rgb, alpha } = await icon('outline.png');
    expect([width, height]).toEqual([32, 32]);
    expect(alpha.filter((one) => one === 0).length).toBeGreaterThan(300);
    expect(alpha.filter((one) => one === 255).length).toBeGreaterThan(50);
    expect(rgb.filter((_, n) => alpha[n]! > 0).every((color) => color === 'ffffff')).toBe(true);
  });
});

describe('what cannot be right', () => {
  it.each([
    [['--app-id', 'my-bot'], '--app-id my-bot is not a GUID. Copy the Application (client) ID'],
    [[], '--app-id is missing'],
    [['--app-id', appId, '--version', '1.0'], '--version 1.0 cannot be used. Write three numbers'],
    [['--app-id', appId, '--version', '01.0.0'], '--version 01.0.0 cannot be used'],
    [
      ['--app-id', appId, '--domain', 'https://bot.example.com/'],
      '--domain https://bot.example.com/ is not a host name',
    ],
    [['--app-id', appId, '--app', 'x'], "Unknown option '--app'"],
    [['--app-id', appId, '--out', '/nowhere/at/all.zip'], '/nowhere/at/all.zip'],
  ])('%j: names the value and the fix', async (words, say) => {
    const { code, err } = await run(words);
    expect(err).toContain(say);
    expect(err).not.toMatch(/\bat \S+:\d+:\d+/);
    expect(code).toBe(1);
  });
});
