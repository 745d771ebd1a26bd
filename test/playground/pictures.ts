import type { Locator } from 'playwright-core';

/** The pictures of the documentation are taken by the test that proves what they show; UPDATE_PICTURES=1 writes them. */
const update = process.env.UPDATE_PICTURES === '1';

/**
 * A thread as Teams shows it: its first message, and the last lines of it.
 *
 * @param name `docs/teams-<name>.png`
 * @param lines how many; Teams folds the others, the Playground does not
 */
export async function picture(name: string, thread: Locator, lines: number): Promise<void> {
  await thread.evaluate(fold, lines);
  // Taken always, so that a picture that cannot be taken fails on every run.
  await thread.screenshot({ animations: 'disabled', ...(update ? { path: `docs/teams-${name}.png` } : {}) });
}

interface Part {
  style: { display: string; width: string };
  textContent: string | null;
  parentElement: Part | null;
  querySelectorAll(selector: string): Iterable<Part>;
}

/** Runs in the browser. */
function fold(thread: Part, lines: number): void {
  thread.style.width = '510px';
  const [first, ...replies] = thread.querySelectorAll(':scope > div:has(.ac-adaptiveCard)');
  const hidden = lines === 0 ? replies : replies.slice(0, -lines);
  for (const reply of replies) reply.style.display = hidden.includes(reply) ? 'none' : '';
  // What the Playground says about itself is no part of what people see in Teams.
  for (const text of [...replies, first!].flatMap((part) => [...part.querySelectorAll('span')]))
    if (text.textContent?.startsWith('Full width control')) text.parentElement!.parentElement!.style.display = 'none';
}
