import type { Catalog } from '../../src/config/catalog.ts';
import type { SecretReader } from '../../src/config/secrets.ts';
import { TerminalError, TransientError } from '../../src/errors.ts';
import type { Chat, Log } from '../../src/ports.ts';
import type { NoteView } from '../../src/release/view.ts';

export interface PagerOptions {
  catalog: () => Catalog;
  secrets: SecretReader;
  log: Log;
  fetch?: typeof fetch;
  /** Any clock that moves, ms. */
  now?: () => number;
}

const patienceMs = 10_000;
/** How long a webhook that says no is asked again, ms: time enough to mend the catalog, and an end. */
const refusedForMs = 3_600_000;

/** What the webhook of a team gets, as JSON. */
interface Page {
  team: string;
  release: string;
  /** The card's first line. */
  headline: string;
  text: string;
}

/**
 * Whoever is on duty, as a chat that hears only what a person must end: it has the same claims, order and retries as a
 * card. What may pass is tried again until it went out; a webhook that says no is given up after an hour.
 */
export function webhookPager(options: PagerOptions): Chat {
  const ask = options.fetch ?? fetch;
  const patience = patienceFor(options);
  return {
    // Most turns call nobody, so there may be many of them: whoever must come is not to wait for a turn.
    paceMs: 1_000,
    allowances: () => [],
    post: async (_, view) => (view.kind === 'release' ? view.release : ''),
    update: async () => 'ok',
    async reply({ channel: team }, release, view) {
      if (view.kind !== 'note' || !view.page) return;
      const page = pageOf(team, release, view);
      await patience(page, async () => send(ask, await webhookOf(options, team), page));
    },
  };
}

const pageOf = (team: string, release: string, { headline = release, text }: NoteView): Page => ({
  team,
  release,
  headline,
  text,
});

/** Lets errors through, so that whoever called tries again, until a page was refused for too long. */
function patienceFor({ log, now = Date.now }: PagerOptions) {
  const refusedSince = new Map<string, number>();
  return async ({ team, release, text }: Page, work: () => Promise<void>): Promise<void> => {
    const key = JSON.stringify([team, release, text]);
    try {
      await work();
      refusedSince.delete(key);
    } catch (err) {
      if (!(err instanceof TerminalError)) throw err;
      const since = refusedSince.get(key) ?? now();
      refusedSince.set(key, since);
      const last = now() - since >= refusedForMs;
      log.error({ err, team, release }, last ? 'a page is given up: nobody was called' : 'a page was refused');
      if (!last) throw err;
      refusedSince.delete(key);
    }
  };
}

/** Where a page goes to, and as whom: fetch takes no user in an address. */
interface Webhook {
  url: string;
  authorization?: string;
}

const misconfigured = (say: string): TerminalError =>
  new TerminalError('misconfigured', say, 'Correct its secret reference in the catalog, or the secret.');

/** @throws TerminalError when there is none, or when what the secret holds is no address; never repeats it */
async function webhookOf({ catalog, secrets }: PagerOptions, team: string): Promise<Webhook> {
  const reference = catalog().teams[team]?.page?.webhook;
  if (!reference) throw misconfigured(`the team ${team} has no page.webhook any more`);
  const text = (await secrets.read(reference)).reveal().trim();
  if (!/^https?:/i.test(text) || !URL.canParse(text)) throw misconfigured(`the webhook of team ${team} is no URL`);
  const url = new URL(text);
  const user = [url.username, url.password].map(decoded).join(':');
  url.username = '';
  url.password = '';
  return { url: url.href, ...(user !== ':' && { authorization: `Basic ${Buffer.from(user).toString('base64')}` }) };
}

/** A stray % is not an escape. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** What passes by itself: a busy or broken server. */
const passing = (status: number): boolean => status >= 500 || [408, 425, 429].includes(status);

const usual = { 'content-type': 'application/json', 'user-agent': 'release-engineer' };

/** @throws TransientError for what may pass; the URL is a secret and is never named, not even by a cause */
async function send(ask: typeof fetch, { url, authorization }: Webhook, page: Page): Promise<void> {
  const response = await ask(url, {
    method: 'POST',
    redirect: 'manual',
    headers: { ...usual, ...(authorization && { authorization }) },
    body: JSON.stringify(page),
    signal: AbortSignal.timeout(patienceMs),
  }).catch((error: unknown) => {
    const why = error instanceof Error ? error.name : 'no answer';
    throw new TransientError(`the page of team ${page.team} did not go out: ${why}`, { retryAfterMs: 5_000 });
  });
  await response.body?.cancel();
  if (response.ok) return;
  const say = `the webhook of team ${page.team} answered ${response.status}`;
  throw passing(response.status) ? new TransientError(say, { retryAfterMs: 5_000 }) : misconfigured(say);
}
