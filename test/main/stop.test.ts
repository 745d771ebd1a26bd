import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { atEnd } from './at-end.ts';
import { openLab, threadOf, tokenFor, writesTo } from './lab.ts';

test('SIGTERM in the middle of a rollout, while a request never ends: it leaves, another goes on, nothing is doubled', async () => {
  const lab = await openLab({ kubernetes: { readyMs: 2_000 } });
  const first = await lab.start();
  const release = await lab.deploys('ann', 'deploy payments 2.4.1 to prod');
  await lab.slack.until(() => writesTo(lab, 'payments').length, { within: 15_000, what: 'the first write' });
  const second = await lab.start();
  const slow = await slowRequest(first.at, await tokenFor(lab));
  const asked = performance.now();
  first.signal('SIGTERM');
  expect(await first.ended).toBe(0);
  expect(performance.now() - asked).toBeLessThan(10_000);
  expect(slow.isOpen()).toBe(false);

  await lab.shows(release, /SUCCEEDED · serving 2\.4\.1/);
  await lab.slack.until(() => threadOf(lab, release).some((line) => /Succeeded after/.test(line)), { what: 'the end' });
  expect(writesTo(lab, 'payments')).toHaveLength(1);
  const lines = threadOf(lab, release);
  expect(lines).toEqual([...new Set(lines)]);
  expect(lab.slack.count('chat.postMessage')).toBe(1 + lines.length);
  expect(second.lines().filter(({ level }) => level >= 50)).toEqual([]);
});

/** A request whose body never comes to its end: whoever waits for it waits for ever. */
async function slowRequest(at: string, token: string): Promise<{ isOpen: () => boolean }> {
  const socket = connect(Number(new URL(at).port), '127.0.0.1');
  atEnd(() => socket.destroy());
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  const head = ['POST /api/v1/commands HTTP/1.1', 'host: bot', `authorization: Bearer ${token}`];
  socket.write([...head, 'content-type: application/json', 'content-length: 100', '', '{"text":'].join('\r\n'));
  return { isOpen: () => !socket.closed };
}
