import { expect, test } from 'vitest';
import { whyNoBrowser } from './browser.ts';
import { openHouse } from './house.ts';
import { bob, channelName } from './people.ts';
import { picture } from './pictures.ts';

/**
 * The main job in a Teams-like client, in a real browser: typed, approved, watched, put back by hand; then a bad version,
 * which comes back by itself. Everything behind the messaging endpoint is what we ship.
 */
const name = whyNoBrowser ? `skipped: ${whyNoBrowser}` : 'in the Agents Playground, with a real browser';
if (whyNoBrowser) console.info(`test/playground ${name}`);

test.skipIf(whyNoBrowser)(
  `${name}: a good release, a press on Roll back, a bad one`,
  { timeout: 180_000 },
  async () => {
    const { playground, client, serving } = await openHouse();
    await client.opens(channelName);

    // Ann asks, and cannot approve it herself.
    await client.posts('deploy payments 2.4.1 to prod because the double charge is fixed');
    const good = client.release('2.4.0', '2.4.1');
    await good.shows('AWAITING APPROVAL');
    await good.says('Planned:');
    await good.presses('Approve');
    await picture('approve', good.thread, 0);
    await good.presses('Approve');
    await good.says('somebody else must approve it');
    expect(serving()).toEqual(['2.4.0']);

    // Bob, who sits elsewhere, can.
    expect(await playground.press(bob, playground.card('2.4.0 → 2.4.1'), 'Approve')).toMatch(/approved/i);
    await good.shows(/2\.4\.1 on \d of 5 pods/);
    await picture('progress', good.thread, 0);
    await good.shows('SUCCEEDED');
    // A new line in the thread draws the card anew, and closes what a button had opened on it.
    await good.says('Succeeded after');
    expect(serving()).toEqual(['2.4.1']);

    // The way back needs nobody else.
    await good.presses('Roll back to 2.4.0');
    await good.presses('Roll back');
    await client.release('2.4.1', '2.4.0').shows('SUCCEEDED');
    expect(serving()).toEqual(['2.4.0']);

    // A bad version, by the form; nobody has to do anything about it.
    await client.posts('');
    await client.fills({ Service: 'payments', Version: '2.5.0-crash', Environment: 'prod' }, 'Deploy');
    const bad = client.release('2.4.0', '2.5.0-crash');
    await bad.shows('AWAITING APPROVAL');
    await playground.press(bob, playground.card('2.4.0 → 2.5.0-crash'), 'Approve');
    await bad.shows('ROLLED BACK');
    await bad.says('cannot run migrations');
    await bad.says('payments in prod rolled back');
    expect(serving()).toEqual(['2.4.0']);
    await picture('rolled-back', bad.thread, 2);
  },
);
