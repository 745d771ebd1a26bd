import { describe, expect, test } from 'vitest';
import { webhookPager } from '../../../adapters/http/pager.ts';
import type { Catalog } from '../../../src/config/catalog.ts';
import { secret } from '../../../src/config/secrets.ts';
import { TerminalError, TransientError } from '../../../src/errors.ts';
import type { NoteView } from '../../../src/release/view.ts';
import { keptLog } from '../api/gateway.ts';
import { nobody, webhook } from './listener.ts';

const address = { surface: 'pager', tenant: '', channel: 'payments' } as const;
const note = (more: Partial<NoteView> = {}): NoteView => ({
  kind: 'note',
  tone: 'bad',
  text: 'payments-7f3 is held: nobody answers.',
  mentions: [],
  page: true,
  headline: 'payments prod · ERRORED',
  ...more,
});

/** A pager whose team's webhook is what a secret holds. */
function pagerOf(url: string, clock = { now: 0 }) {
  const log = keptLog();
  const catalog = { teams: { payments: { page: { webhook: { from: 'env', name: 'PAGE_URL' } } } } };
  const secrets = { read: async () => secret(url) };
  const pager = webhookPager({
    catalog: () => catalog as unknown as Catalog,
    secrets,
    log,
    now: () => clock.now,
  });
  const page = (view = note()) => pager.reply(address, 'payments-7f3', view, true);
  return { pager, page, log, catalog, clock };
}

/** The whole error, as somebody would log it who knows nothing of it. */
const told = (error: unknown): string => {
  const { message, stack, cause, ...rest } = error as Error;
  return [message, stack, JSON.stringify(rest), cause === undefined ? '' : told(cause)].join('\n');
};

test('posts one JSON body to the webhook of the team', async () => {
  const { url, calls } = await webhook();
  await pagerOf(url).page();
  expect(calls).toHaveLength(1);
  expect(calls[0]).toMatchObject({
    path: '/T0/planted-path',
    headers: { 'content-type': 'application/json', 'user-agent': 'release-engineer' },
    body: {
      team: 'payments',
      release: 'payments-7f3',
      headline: 'payments prod · ERRORED',
      text: 'payments-7f3 is held: nobody answers.',
    },
  });
  expect(Object.keys(calls[0]!.body as object)).toEqual(['team', 'release', 'headline', 'text']);
});

test('hears only what a person must end: no card, no other line', async () => {
  const { url, calls } = await webhook();
  const { pager, page } = pagerOf(url);
  const card = { kind: 'release', release: 'payments-7f3' } as never;
  expect(await pager.post(address, card)).toBe('payments-7f3');
  expect(await pager.update(address, 'payments-7f3', card)).toBe('ok');
  await page(note({ page: undefined }));
  expect(calls).toEqual([]);
});

test('gives user and password of the address as it must, and not in the address', async () => {
  const { url, calls } = await webhook();
  await pagerOf(url.replace('//', '//us%3Aer:p%40ss@')).page();
  expect(calls[0]).toMatchObject({
    path: '/T0/planted-path',
    headers: { authorization: `Basic ${Buffer.from('us:er:p@ss').toString('base64')}` },
  });
});

describe('what may pass', () => {
  test.each([408, 425, 429, 500, 502, 503])('%i is for another try', async (status) => {
    const { url, answers } = await webhook();
    answers.push(status);
    const error = await pagerOf(url)
      .page()
      .catch((one: unknown) => one);
    expect(error).toBeInstanceOf(TransientError);
    expect(error).toMatchObject({ message: `the webhook of team payments answered ${status}` });
  });

  test('nobody there is for another try, and the address stays secret', async () => {
    const url = `${await nobody()}/planted-path`;
    const { page, log } = pagerOf(url);
    const error = await page().catch((one: unknown) => one);
    expect(error).toBeInstanceOf(TransientError);
    expect(`${told(error)}${JSON.stringify(log.lines)}`).not.toMatch(/planted|127\.0\.0\.1/);
  });
});

describe('what a person must mend', () => {
  test.each([302, 400, 401, 403, 404, 410])('%i is an error that names the team, not the address', async (status) => {
    const { url, answers, calls } = await webhook();
    answers.push(status);
    const { page, log } = pagerOf(url);
    const error = await page().catch((one: unknown) => one);
    expect(error).toBeInstanceOf(TerminalError);
    expect(error).toMatchObject({ message: `the webhook of team payments answered ${status}` });
    expect(log.lines).toMatchObject([{ level: 'error', message: 'a page was refused' }]);
    expect(`${told(error)}${log.lines.map(({ fields }) => told(fields.err))}`).not.toContain('planted');
    expect(calls).toHaveLength(1);
  });

  test('a refusal is tried again for an hour, then told once more and given up', async () => {
    const { url, answers, calls } = await webhook();
    answers.push(404, 404, 404, 404);
    const { page, log, clock } = pagerOf(url);
    for (const minute of [0, 5, 59]) {
      clock.now = minute * 60_000;
      await expect(page()).rejects.toThrow('answered 404');
    }
    clock.now = 60 * 60_000;
    await page();
    expect(calls).toHaveLength(4);
    expect(log.lines.at(-1)).toMatchObject({ level: 'error', message: 'a page is given up: nobody was called' });
  });

  test('a webhook that was mended within the hour gets the page, and the hour begins anew', async () => {
    const { url, answers, calls } = await webhook();
    answers.push(404, 200, 404);
    const { page, clock } = pagerOf(url);
    await expect(page()).rejects.toThrow('404');
    clock.now = 3_000_000;
    await page();
    clock.now = 4_000_000;
    await expect(page()).rejects.toThrow('404');
    expect(calls).toHaveLength(3);
  });

  test.each(['planted-no-url', 'ftp://planted/x', '/planted'])('%s is no webhook, and is not repeated', async (url) => {
    const error = await pagerOf(url)
      .page()
      .catch((one: unknown) => one);
    expect(error).toMatchObject({ code: 'misconfigured', message: 'the webhook of team payments is no URL' });
    expect(told(error)).not.toContain('planted');
  });

  test('a team without a webhook says what to put back', async () => {
    const { page, catalog } = pagerOf('http://unused');
    catalog.teams = {} as never;
    await expect(page()).rejects.toThrow('the team payments has no page.webhook any more');
  });
});
