import { describe, expect, it } from 'vitest';
import { no, yes } from '../replies.ts';
import { postCard, said } from './seen.ts';
import { overHttp } from './setup.ts';

describe('a button that asks for a reason', () => {
  it('opens a small form, and counts with what was written', async () => {
    const { slack, asked } = await overHttp({ script: () => yes('Rejected payments-7f3') });
    await slack.as('alice').click(await postCard(slack), 'Reject');
    expect(asked).toEqual([]);
    const modal = slack.as('alice').modal()!;
    expect(await slack.as('alice').submit(modal, {})).toMatchObject({ outcome: 'incomplete' });
    expect(await slack.as('alice').submit(modal, { reason: ' too risky & late ' })).toEqual({ outcome: 'closed' });
    expect(asked).toMatchObject([{ button: { ref: 'sealed-reject', reason: 'too risky & late' }, via: 'button' }]);
    await slack.until(() => said(slack, 'alice').at(-1) === '✅ *Rejected payments-7f3*');
    expect(said(slack, 'bob')).toHaveLength(1);
  });

  it('shows a refusal where the reason was written', async () => {
    const { slack } = await overHttp({
      script: () => no('not-entitled', 'You may not reject', 'Ask release-managers.'),
    });
    await slack.as('bob').click(await postCard(slack), 'Reject');
    const outcome = await slack.as('bob').submit(slack.as('bob').modal()!, { reason: 'no' });
    expect(outcome).toEqual({ outcome: 'errors', errors: { reason: 'You may not reject Ask release-managers.' } });
  });

  it('says what to type when Slack does not open the form', async () => {
    const { slack } = await overHttp();
    const card = await postCard(slack);
    slack.inject('views.open', { kind: 'error', error: 'expired_trigger_id' });
    expect(await slack.as('alice').click(card, 'Reject')).toMatchObject({ outcome: 'acknowledged' });
    await slack.until(() => said(slack, 'alice').at(-1)?.includes('/release reject &lt;release&gt; because'));
  });
});
