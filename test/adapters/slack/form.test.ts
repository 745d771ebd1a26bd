import { describe, expect, it } from 'vitest';
import { TransientError } from '../../../src/errors.ts';
import type { Reply } from '../../../src/release/view.ts';
import { no, yes } from '../replies.ts';
import { said } from './seen.ts';
import { gate, overHttp } from './setup.ts';

describe('the form behind a bare /release', () => {
  const form = (asked: { text?: string }) => (asked.text === '' ? yes('', { form: true }) : undefined);
  const filled = { service: 'payments', version: ' 2.4.1 ', environment: 'prod', reason: 'CVE' };

  it('becomes a typed command, closes, and is answered privately', async () => {
    const { slack, asked } = await overHttp({ script: (it) => form(it) ?? yes('Accepted: payments-7f3') });
    expect(await slack.as('alice').slash('C0PROD', '/release')).toMatchObject({ outcome: 'acknowledged' });
    const modal = slack.as('alice').modal()!;
    expect(await slack.as('alice').submit(modal, { ...filled, strategy: 'canary' })).toEqual({ outcome: 'closed' });
    expect(asked[1]).toEqual({
      command: {
        verb: 'deploy',
        target: { service: 'payments', environment: 'prod' },
        version: '2.4.1',
        strategy: 'canary',
        reason: 'CVE',
      },
      actor: { surface: 'slack', tenant: 'T0ACME', id: 'U0ALICE', name: 'alice' },
      from: { surface: 'slack', tenant: 'T0ACME', channel: 'C0PROD' },
      via: 'form',
      key: `slack:${modal.id}:${modal.hash}`,
    });
    await slack.until(() => said(slack, 'alice').at(-1) === '✅ *Accepted: payments-7f3*');
    expect(said(slack, 'bob')).toEqual([]);
    expect([slack.refusals(), slack.warnings]).toEqual([[], []]);
  });

  it.each([
    ['unknown-version', 'version'],
    ['frozen', 'environment'],
    ['not-supported', 'strategy'],
    ['locked', 'service'],
  ])('shows %s at the %s', async (code, field) => {
    const { slack } = await overHttp({ script: (it) => form(it) ?? no(code, 'No.', 'Because.') });
    await slack.as('alice').slash('C0PROD', '/release');
    const outcome = await slack.as('alice').submit(slack.as('alice').modal()!, filled);
    expect(outcome).toEqual({ outcome: 'errors', errors: { [field]: 'No. Because.' } });
    expect(slack.warnings).toEqual([]);
  });

  it('says in the form that nothing will happen when the ledger is down', async () => {
    const down = () => Promise.reject(new TransientError('the ledger does not answer'));
    const { slack } = await overHttp({ script: (it) => form(it) ?? down() });
    await slack.as('alice').slash('C0PROD', '/release');
    const outcome = await slack.as('alice').submit(slack.as('alice').modal()!, filled);
    expect(outcome).toMatchObject({ errors: { service: expect.stringContaining('nothing will happen') } });
  });

  it('says that it is not accepted yet when the ledger is slow', async () => {
    const ledger = gate<Reply>();
    const { slack } = await overHttp({ script: (it) => form(it) ?? ledger.opened, patienceMs: 60 });
    await slack.as('alice').slash('C0PROD', '/release');
    const outcome = await slack.as('alice').submit(slack.as('alice').modal()!, filled);
    expect(outcome).toMatchObject({ outcome: 'updated', view: { title: 'Not accepted yet' } });
    ledger.open(yes('Accepted'));
    await slack.until(() => said(slack, 'alice').at(-1) === '✅ *Accepted*');
  });

  it('answers in a direct message where we are no member', async () => {
    const { slack } = await overHttp({ script: (it) => form(it) ?? yes('Accepted') });
    const direct = slack.as('alice').directMessage();
    await slack.as('alice').slash('C0WITHOUT', '/release');
    await slack.as('alice').submit(slack.as('alice').modal()!, filled);
    await slack.until(() => said(slack, 'alice', direct).at(-1) === '✅ *Accepted*');
  });

  it('searches when there are more services than a menu holds, for people whom we know', async () => {
    const services = Array.from({ length: 150 }, (_, index) => `service-${index}`);
    const { slack } = await overHttp({ script: (it) => form(it) ?? yes('Accepted'), services });
    await slack.as('alice').slash('C0PROD', '/release');
    const view = slack.as('alice').modal()!;
    expect(view.blocks[0]).toMatchObject({ element: { type: 'external_select' } });
    const { payload } = slack.deliveries[0]!;
    const search = (user: string, value: string) =>
      slack.redeliver({
        type: 'interactive',
        payload: {
          type: 'block_suggestion',
          block_id: 'service',
          action_id: 'value',
          value,
          api_app_id: payload.api_app_id,
          team: { id: 'T0ACME' },
          user: { id: user, name: user, team_id: 'T0ACME' },
        },
      });
    const found = await search('U0ALICE', 'E-14');
    expect(found).toMatchObject({ body: { options: expect.any(Array) } });
    const names = (found as unknown as { body: { options: { value: string }[] } }).body.options.map((it) => it.value);
    expect(names).toEqual(['service-14', ...Array.from({ length: 10 }, (_, index) => `service-14${index}`)]);
    expect(await search('U0GUEST', 'e-14')).toMatchObject({ body: { options: [] } });
  });

  it('says how to begin when the catalog is empty', async () => {
    const { slack } = await overHttp({ script: (it) => form(it)!, services: [] });
    await slack.as('alice').slash('C0PROD', '/release');
    expect(said(slack, 'alice')[0]).toContain('release.yaml');
    expect(slack.as('alice').modal()).toBeUndefined();
  });
});
