import { mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { parseCatalogText, readCatalog } from '../../../adapters/files/catalog-file.ts';
import { watchCatalog } from '../../../adapters/files/catalog-watch.ts';
import { secretReader } from '../../../adapters/files/secrets.ts';
import { problemText } from '../../../src/config/problem.ts';
import { catalogOf, sampleFile, sampleYaml } from '../../config/sample.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'release-files-'));
});
afterAll(() => rm(folder, { recursive: true }));

const linesOf = (text: string): string[] => {
  const parsed = parseCatalogText(text);
  return parsed.ok ? [] : parsed.problems.map(problemText);
};

const lineOf = (needle: string) => sampleYaml.slice(0, sampleYaml.indexOf(needle)).split('\n').length;

describe('the file of the catalog', () => {
  it('reads as the catalog that it says', () => {
    expect(parseCatalogText(sampleYaml)).toEqual({ ok: true, catalog: catalogOf(sampleFile()) });
  });

  it('tells the line of a wrong value, of an unknown key, and of the group that lacks one', () => {
    const text = sampleYaml
      .replace('deployment/payments-worker', 'pod/payments-worker')
      .replace('tier: critical', 'teir: critical')
      .replace('    image: registry.example.com:5000/team/ledger\n', '');
    expect(linesOf(text)).toEqual([
      expect.stringMatching(
        `^services.payments.workloads\\[1\\] \\(line ${lineOf('deployment/payments-worker')}\\): "pod/`,
      ),
      expect.stringMatching(`^services.payments.teir \\(line ${lineOf('tier: critical')}\\): is not a key`),
      expect.stringMatching(`^services.ledger.image \\(line ${lineOf('ledger:')}\\): is missing`),
    ]);
  });

  it.each([
    ['a: [1', 1],
    ['version: 1\nversion: 1\n', 2],
    ['version: 1\na: 1\n  b: 2\n', 2],
  ])('tells where the YAML itself is broken: %j', (text, line) => {
    const lines = linesOf(text);
    expect(lines[0]).toMatch(new RegExp(`^the file \\(line ${line}\\): `));
  });

  it('does not unfold a file that grows without end', () => {
    const bomb = [
      'a: &a [x,x,x,x,x,x,x,x,x]',
      ...'bcdefgh'
        .split('')
        .map((key, index) => `${key}: &${key} [${Array(9).fill(`*${'abcdefgh'[index]}`).join(',')}]`),
    ].join('\n');
    expect(linesOf(bomb)).toEqual(['the file: Anchors repeat too much of the file. Write the parts out.']);
  });

  it('says that there is no file, and which variable names it', async () => {
    const read = await readCatalog(join(folder, 'none.yaml'));
    expect(!read.ok && problemText(read.problems[0]!)).toMatch(
      /none\.yaml.*cannot be read: there is no such file\. .*RELEASE_CONFIG/,
    );
  });
});

describe('watching the catalog', () => {
  const logged = () => ({ debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() });
  const first = catalogOf(sampleFile());
  const withTwo = sampleYaml.replace('required: 2', 'required: 1');

  it('takes a good change over, refuses a bad one with its problems, and then takes the next good one', async () => {
    const [path, log] = [join(folder, 'watched.yaml'), logged()];
    await writeFile(path, sampleYaml);
    const watch = watchCatalog(path, first, { log, everyMs: 20 });
    try {
      await writeFile(path, withTwo);
      await vi.waitFor(() => expect(watch.current().environments.prod!.approvals.required).toBe(1), { timeout: 5_000 });
      await writeFile(path, withTwo.replace('tier: critical', 'tier: huge'));
      await vi.waitFor(() => expect(log.error).toHaveBeenCalled(), { timeout: 5_000 });
      expect(log.error.mock.calls[0]![0].problems[0]).toMatch(/^services\.payments\.tier \(line \d+\): "huge"/);
      expect(watch.current().services.payments!.tier).toBe('critical');
      await writeFile(path, withTwo.replace('tier: critical', 'tier: low'));
      await vi.waitFor(() => expect(watch.current().services.payments!.tier).toBe('low'), { timeout: 5_000 });
      expect(log.error).toHaveBeenCalledTimes(1);
    } finally {
      watch.close();
    }
  });

  it('sees a link that is swapped, as a mounted ConfigMap is', async () => {
    const [path, log] = [join(folder, 'link.yaml'), logged()];
    await writeFile(join(folder, 'one'), sampleYaml);
    await writeFile(join(folder, 'two'), withTwo);
    await symlink(join(folder, 'one'), path);
    const watch = watchCatalog(path, first, { log, everyMs: 20 });
    try {
      await symlink(join(folder, 'two'), `${path}.new`);
      await rename(`${path}.new`, path);
      await vi.waitFor(() => expect(watch.current().environments.prod!.approvals.required).toBe(1), { timeout: 5_000 });
    } finally {
      watch.close();
    }
  });

  it('says that the file is gone and keeps the catalog', async () => {
    const [path, log] = [join(folder, 'gone.yaml'), logged()];
    await writeFile(path, sampleYaml);
    const watch = watchCatalog(path, first, { log, everyMs: 20 });
    try {
      await rm(path);
      await vi.waitFor(() => expect(log.error).toHaveBeenCalled(), { timeout: 5_000 });
      expect(watch.current()).toBe(first);
    } finally {
      watch.close();
    }
  });
});

describe('secrets', () => {
  it('come from variables and files, without the line end', async () => {
    const path = join(folder, 'secret');
    await writeFile(path, 'hunter2\n');
    const reader = secretReader({ NAME: 'hunter3' });
    expect((await reader.read({ from: 'env', name: 'NAME' })).reveal()).toBe('hunter3');
    expect((await reader.read({ from: 'file', path })).reveal()).toBe('hunter2');
    await writeFile(path, 'rotated\n');
    expect((await reader.read({ from: 'file', path })).reveal()).toBe('rotated');
  });

  it('that are not there are named with the fix', async () => {
    const reader = secretReader({ EMPTY: '' });
    await expect(reader.read({ from: 'env', name: 'EMPTY' })).rejects.toMatchObject({
      code: 'misconfigured',
      message: 'The secret env:EMPTY cannot be read: it is empty.',
      hint: 'Set the variable EMPTY for this process.',
    });
    await expect(reader.read({ from: 'file', path: '/no/such/secret' })).rejects.toMatchObject({
      message: 'The secret file:/no/such/secret cannot be read: there is no such file.',
    });
  });
});
