import { type Browser, chromium, type Locator, type Page } from 'playwright-core';
import { onPath } from '../../src/demo/redis-server.ts';

/** The machine's own: Playwright's is never downloaded. */
const executablePath = await onPath('chromium');
export const whyNoBrowser = executablePath ? undefined : 'there is no chromium on the PATH';

/** Somebody at a browser, in the client of the Playground. */
export interface Client {
  page: Page;
  /** Opens a channel or chat of the list on the left. */
  opens(name: string | RegExp): Promise<void>;
  /** Starts a new post in the channel that is open: the bot by name, then the text. */
  posts(text: string): Promise<void>;
  /** Fills the newest form in, and sends it. Values by label; lists are chosen from. */
  fills(form: Record<string, string>, button: string): Promise<void>;
  /** The newest release from one version to another. */
  release(from: string, to: string): Card;
  close(): Promise<void>;
}

/** A release's card, and the lines under it. */
export interface Card {
  thread: Locator;
  /** Waits until the card itself shows this. */
  shows(words: string | RegExp, withinMs?: number): Promise<void>;
  /** Waits until a line under it, or a word to whoever pressed, says this. */
  says(words: string | RegExp, withinMs?: number): Promise<void>;
  /** Presses a button; the one in the small card that another button opened, when both are called the same. */
  presses(label: string): Promise<void>;
}

/** The list of channels is only there when there is room for it; cards look best when there is not. */
const wide = { width: 1280, height: 1100 };
const narrow = { width: 800, height: 1_600 };

const quiet = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-sync'];

export async function openClient(url: string): Promise<Client> {
  const browser = await chromium.launch({ executablePath, args: quiet });
  const page = await pageAt(browser, url);
  return {
    page,
    async opens(name) {
      await page.getByRole('treeitem', { name }).click();
      await page.setViewportSize(narrow);
    },
    posts: (text) => post(page, text),
    fills: (form, button) => fill(page, form, button),
    release: (from, to) => cardOf(page, new RegExp(`Version\\s*${from} → ${to}`)),
    close: () => browser.close(),
  };
}

async function pageAt(browser: Browser, url: string): Promise<Page> {
  const context = await browser.newContext({ viewport: wide, deviceScaleFactor: 1.5 });
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

async function fill(page: Page, values: Record<string, string>, button: string): Promise<void> {
  const send = page.getByRole('button', { name: button, exact: true });
  const form = page.locator('.ac-adaptiveCard').filter({ has: send }).first();
  for (const [label, value] of Object.entries(values)) {
    const input = form.getByLabel(label).first();
    await input.click();
    if ((await input.getAttribute('role')) === 'combobox') await page.getByRole('option', { name: value }).click();
    else await input.fill(value);
  }
  await form.getByRole('button', { name: button, exact: true }).click();
}

const patience = 30_000;

function cardOf(page: Page, words: RegExp): Card {
  const thread = page
    .locator('.fui-Card')
    .filter({ has: page.locator('.ac-adaptiveCard', { hasText: words }) })
    .first();
  const card = thread.locator('.ac-adaptiveCard').first();
  return {
    thread,
    shows: (text, timeout = patience) => card.filter({ hasText: text }).waitFor({ timeout }),
    says: (text, timeout = patience) => thread.getByText(text).last().waitFor({ timeout }),
    presses: (name) => card.getByRole('button', { name, exact: true }).last().click(),
  };
}
