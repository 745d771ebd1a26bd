import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isRunning, isWaiting } from '../../src/release/release.ts';
import { house, noApproval } from '../stories/house.ts';

/** At every moment: no deploy starts while a rollback of its target waits, and in the queue rollbacks come first. */
test('a rollback is never behind a deploy that has not started', async () => {
  const deeds = fc.array(
    fc.oneof(
      {
        weight: 4,
        arbitrary: fc
          .constantFrom('2.4.1', '2.4.2', '2.3.9', '2.5.4-slowready')
          .map((to) => `deploy payments ${to} to prod`),
      },
      { weight: 3, arbitrary: fc.constantFrom('roll back payments in prod', 'roll back payments in prod to 2.4.0') },
      { weight: 4, arbitrary: fc.constantFrom('0', '1', '3000', '30000', '90000') },
    ),
    { minLength: 4, maxLength: 16, size: 'max' },
  );
  await fc.assert(
    fc.asyncProperty(deeds, fc.array(fc.boolean(), { minLength: 16, maxLength: 16 }), async (all, settleFirst) => {
      const home = house(noApproval);
      const commit = home.ledger.commit.bind(home.ledger);
      home.ledger.commit = async (write) => {
        const { active } = await home.ledger.target('payments@prod', 0);
        const written = await commit(write);
        if (written.ok && write.release?.event.type === 'started' && write.release.after.kind === 'deploy')
          expect(active.filter((one) => one.kind === 'rollback' && isWaiting(one)).map((one) => one.id)).toEqual([]);
        return written;
      };
      for (const [index, what] of all.entries()) {
        if (/^\d+$/.test(what)) await home.passes(Number(what));
        else await home.says('ann', what);
        if (settleFirst[index]) await home.passes(0);
        const { active, queue } = await home.ledger.target('payments@prod', 0);
        const waiting = queue.map((id) => active.find((one) => one.id === id)).filter((one) => one && !isRunning(one));
        const kinds = waiting.map((one) => one?.kind).join(' ');
        expect(kinds).not.toMatch(/deploy.*rollback/);
      }
      expect(home.errors).toEqual([]);
    }),
    { numRuns: 150 },
  );
});
