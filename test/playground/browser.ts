import { existsSync } from 'node:fs';
import { type Browser, chromium, type Locator, type Page } from 'playwright-core';

/** Debian's chromium, or the one that CHROMIUM names. Playwright's own is never downloaded. */
export const browserPath = process.env.CHROMIUM ?? '/usr/bin/chromium';
export const whyNoBrowser = existsSync(browserPath)
  ? undefined
  : `there is no ${browserPath} (apt-get install chromium, or name one in CHROMIUM)`;

/** Somebody at a browser, in the client of the Playground. */
export interface Client {
  page: Page;
  /** Opens a channel or chat of the list on the left. */
  opens(name: string | RegExp): Promise<void>;
  /** Starts a new post in the channel that is open: the bot by name, then the text. */
  posts(text: string): Promise<void>;
  /** The newest thread that begins with a card of these words. */
  card(words: string | RegExp): Card;
  close(): Promise<void>;
}

/** A card, and the lines under it. */
export interface Card {
  /** Card and lines, as a picture shows them. */
  thread: Locator;
  /** Waits until the card itself shows this. */
  shows(words: string | RegExp, withinMs?: number): Promise<void>;
  /** Waits until a line under it, or a word to whoever pressed, says this. */
  says(words: string | RegExp, withinMs?: number): Promise<void>;
  /** Presses a button, then the one that stands in the small card which it opens. */
  presses(label: string, yes?: string): Promise<void>;
}

const quiet = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-sync'];

export async function openClient(url: string): Promise<Client> {
  const browser = await chromium.launch({ executablePath: browserPath, args: quiet });
  const page = await pageAt(browser, url);
  return {
    page,
    opens: (name) => page.getByRole('treeitem', { name }).click(),
    posts: (text) => post(page, text),
    card: (words) => cardOf(page, words),
    close: () => browser.close(),
  };
}

async function pageAt(browser: Browser, url: string): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 1100 }, deviceScaleFactor: 1.5 });
  context.setDefaultTimeout(15_000);
  // Only fonts and an animation are asked from outside; it looks the same without them.
  await context.route(
    ({ hostname }) => hostname !== '127.0.0.1' && hostname !== 'localhost',
    (route) => route.abort(),
  );
  const page = await context.newPage();
  await page.goto(url, { waitUntil: 'domcontentloaded' });
  await page.locator('[role=textbox][contenteditable]').first().waitFor();
  await page.getByRole('button', { name: 'Hide log panel' }).click();
  return page;
}

async function post(page: Page, text: string): Promise<void> {
  await page.locator('[role=textbox][contenteditable]').first().click();
  await page.keyboard.type('@');
  await page.getByRole('menuitem', { name: 'Release Engineer' }).click();
  await page.keyboard.type(` ${text}`);
  await page.getByRole('button', { name: 'Post', exact: true }).click();
}

const patience = 30_000;

function cardOf(page: Page, words: string | RegExp): Card {
  const thread = page
    .locator('.fui-Card')
    .filter({ has: page.locator('.ac-adaptiveCard', { hasText: words }) })
    .first();
  const card = thread.locator('.ac-adaptiveCard').first();
  const button = (name: string) => card.getByRole('button', { name, exact: true });
  return {
    thread,
    shows: (text, timeout = patience) => card.filter({ hasText: text }).waitFor({ timeout }),
    says: (text, timeout = patience) => thread.getByText(text).last().waitFor({ timeout }),
    async presses(label, yes) {
      await button(label).first().click();
      if (yes !== undefined) await button(yes).last().click();
    },
  };
}
