import type { Locator } from 'playwright-core';

/** The pictures of the documentation are taken by the test that proves what they show; UPDATE_PICTURES=1 writes them. */
const update = process.env.UPDATE_PICTURES === '1';

/** @param name `docs/teams-<name>.png` */
export async function picture(name: string, what: Locator): Promise<void> {
  // Taken always, so that a picture that cannot be taken fails on every run.
  await what.screenshot({ animations: 'disabled', ...(update ? { path: `docs/teams-${name}.png` } : {}) });
}
