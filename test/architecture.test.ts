import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, test } from 'vitest';
import { codeOnly } from './code-only.ts';

/** The house as ARCHITECTURE.md draws it. Every file is read; a rule that is broken names file and reason. */

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name));

const importForm =
  /^\s*(?:import|export)\s[^'"`;]*?from\s+'([^']+)'|^\s*import\s+'([^']+)'|\bimport\(\s*'([^']+)'\s*\)/gm;
const importsOf = (file: string, text: string): string[] =>
  [...text.matchAll(importForm)].map((match) => {
    const name = (match[1] ?? match[2] ?? match[3]) as string;
    return name.startsWith('.') ? normalize(join(dirname(file), name)) : name;
  });

interface Source {
  file: string;
  text: string;
  code: string;
  imports: string[];
}
const read = (file: string): Source => {
  const text = readFileSync(file, 'utf8');
  return { file, text, code: codeOnly(text), imports: importsOf(file, text) };
};
const sources = ['src', 'adapters', 'jobs'].flatMap(filesIn).map(read);
const tests = filesIn('test').map(read);

/** Composition roots: they read env and files and wire everything. */
const isRoot = (file: string): boolean => /^src\/(?:main|demo|token|teams-package)(?:\.ts$|\/)/.test(file);
const folderOf = (file: string): string => file.split('/').slice(0, 2).join('/');
const isSdk = (name: string): boolean => !/^(?:src|adapters|jobs|test)\//.test(name);

/** Why a file may not import something; undefined when it may. */
function trespass(file: string, name: string): string | undefined {
  if (name.startsWith('test/')) return 'nobody imports tests';
  if (isRoot(file)) return undefined;
  if (isRoot(name)) return 'only a root imports a root';
  if (file.startsWith('src/')) {
    return name.startsWith('src/') || name === 'zod' || name === 'node:crypto'
      ? undefined
      : 'src imports src, zod, hashes';
  }
  if (file.startsWith('jobs/')) {
    return /^(?:src|jobs)\//.test(name) || ['bullmq', 'ioredis'].includes(name) || name.startsWith('node:')
      ? undefined
      : 'jobs import src and bullmq';
  }
  if (name.startsWith('jobs/')) return 'an adapter knows no jobs';
  return isSdk(name) || name.startsWith('src/') || folderOf(name) === folderOf(file)
    ? undefined
    : 'an adapter knows no other adapter';
}

/** Brackets of each function body that is longer than `limit` lines. */
function longFunctions({ file, code }: Source, limit: number): string[] {
  const lineAt = (index: number) => code.slice(0, index).split('\n').length;
  const starts = /(?:\bfunction\b[^{;]*?|=>\s*|^ {2}(?:async |static |private |#)*[\w#]+\([^;{}]*\)[^;{}=]*)\{/gm;
  return [...code.matchAll(starts)].flatMap((match) => {
    const open = match.index + match[0].length - 1;
    let depth = 0;
    let end = open;
    for (; end < code.length; end += 1) {
      if (code[end] === '{') depth += 1;
      if (code[end] === '}') depth -= 1;
      if (depth === 0) break;
    }
    const lines = lineAt(end) - lineAt(open) + 1;
    return lines > limit ? [`${file}:${lineAt(open)} has a function of ${lines} lines`] : [];
  });
}

test('who may import whom', () => {
  const wrong = sources.flatMap(({ file, imports }) =>
    imports.flatMap((name) => trespass(file, name)?.concat(`: ${file} → ${name}`) ?? []),
  );
  expect(wrong).toEqual([]);
  expect(sources.length).toBeGreaterThan(150);
});

test('each adapter talks to one outside party: no SDK is in two folders, but for the Redis that BullMQ needs', () => {
  const shared = new Set(['ioredis', 'undici', 'zod', 'yaml', 'pino']);
  const homes = new Map<string, Set<string>>();
  for (const { file, imports } of sources.filter((one) => !isRoot(one.file))) {
    for (const name of imports.filter((one) => isSdk(one) && !one.startsWith('node:') && !shared.has(one)))
      homes.set(name, (homes.get(name) ?? new Set()).add(file.startsWith('jobs/') ? 'jobs' : folderOf(file)));
  }
  expect([...homes].filter(([, folders]) => folders.size > 1)).toEqual([]);
});

test('an SDK whose support has ended can be changed in one file', () => {
  const files = sources.filter(({ imports }) => imports.includes('botbuilder')).map(({ file }) => file);
  expect(files).toEqual(['adapters/teams/botbuilder.ts']);
});

test('the pure heart takes time and chance as arguments, and never waits', () => {
  const banned = /\bDate\b|\bMath\.random\b|\bprocess\b|\bfetch\s*\(|\bawait\b|\bsetTimeout\b|\brandomBytes\b/;
  const pure = sources.filter(({ file }) =>
    /^src\/(?:release\/|deployment\/strategies\/|validation\/analysis)/.test(file),
  );
  const lines = pure.flatMap(({ file, code }) =>
    code.split('\n').flatMap((line, index) => (banned.test(line) ? [`${file}:${index + 1} ${line.trim()}`] : [])),
  );
  expect(lines).toEqual([]);
  expect(pure.length).toBeGreaterThan(20);
});

test('taste: small files, small functions, no any, no default export, no drawer for odds and ends', () => {
  const drawers = /(?:^|\/)(?:types|utils?|helpers?|index|common|misc)(?:\.ts$|\/)/;
  for (const source of [...sources, ...tests]) {
    const { file, code, text } = source;
    expect.soft(drawers.test(file), `${file} is a drawer`).toBe(false);
    expect.soft(/\bexport default\b/.test(code), `${file} has a default export`).toBe(false);
    if (!file.startsWith('test/'))
      expect.soft(/(?::|\bas|<|\|)\s*any\b(?!\s*\()/.test(code), `${file} says any`).toBe(false);
    expect
      .soft(text.split('\n').length, `${file} is too long`)
      .toBeLessThanOrEqual(file.startsWith('test/') ? 520 : 401);
  }
  expect(sources.flatMap((source) => longFunctions(source, 60))).toEqual([]);
});

test('half of all files are at most ninety lines', () => {
  const lengths = sources.map(({ text }) => text.split('\n').length).sort((a, b) => a - b);
  expect(lengths[Math.floor(lengths.length / 2)]).toBeLessThanOrEqual(90);
});

test('every dependency is pinned exactly, and somebody needs it', () => {
  const { dependencies, devDependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as Record<
    'dependencies' | 'devDependencies',
    Record<string, string>
  >;
  const loose = Object.entries({ ...dependencies, ...devDependencies }).filter(([, at]) => !/^\d+\.\d+\.\d+$/.test(at));
  expect(loose).toEqual([]);
  const packageOf = (name: string) =>
    name
      .split('/')
      .slice(0, name.startsWith('@') ? 2 : 1)
      .join('/');
  const used = new Set(sources.flatMap(({ imports }) => imports.filter(isSdk).map(packageOf)));
  expect(Object.keys(dependencies).filter((name) => !used.has(name))).toEqual([]);
  const unknown = [...used].filter(
    (name) => !name.startsWith('node:') && !dependencies[name] && !devDependencies[name],
  );
  expect(unknown).toEqual([]);
});

test('the rules bite: each forbidden thing is found in a made-up file', () => {
  expect(trespass('src/release/plan.ts', 'adapters/redis/ledger.ts')).toBeDefined();
  expect(trespass('src/handle.ts', 'ioredis')).toBeDefined();
  expect(trespass('adapters/slack/app.ts', 'adapters/redis/ledger.ts')).toBeDefined();
  expect(trespass('adapters/slack/app.ts', 'jobs/queue.ts')).toBeDefined();
  expect(trespass('jobs/tick.ts', 'adapters/redis/ledger.ts')).toBeDefined();
  expect(trespass('src/handle.ts', 'src/main.ts')).toBeDefined();
  expect(importsOf('src/a/b.ts', "import { x } from '../c.ts';\nimport type {\n  y,\n} from 'zod';")).toEqual([
    'src/c.ts',
    'zod',
  ]);
  const body = Array.from({ length: 70 }, () => '  x();').join('\n');
  const made = (code: string): Source => ({ file: 'made-up.ts', text: code, code: codeOnly(code), imports: [] });
  expect(longFunctions(made(`function f() {\n${body}\n}`), 60)).toHaveLength(1);
  expect(longFunctions(made(`const f = () => {\n${body}\n};`), 60)).toHaveLength(1);
  expect(codeOnly("const a = 'await'; // Date\nawait x;").replaceAll(' ', '')).toBe('consta=;\nawaitx;');
  expect(codeOnly('const a = `await ${await b} `; const c = /[\'"/]/; fetch(d);').replaceAll(' ', '')).toBe(
    'consta=(awaitb);constc=;fetch(d);',
  );
});
