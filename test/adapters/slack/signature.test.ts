import { describe, expect, it } from 'vitest';
import { signatureKey, whyNotSlack } from '../../../adapters/slack/signature.ts';
import { sign } from '../../servers/slack/signature.ts';

const now = 1_800_000_000_000;
const { headers } = sign('secret', 'payload', now);
const body = Buffer.from('payload');
const minutes = (count: number) => now + count * 60_000;

describe("Slack's signature", () => {
  it.each([0, 5, -5])('is good %i minutes later', (count) =>
    expect(whyNotSlack('secret', body, headers, minutes(count))).toBeUndefined(),
  );

  it.each([5.02, -5.02, 60, -60])('is not good %d minutes later', (count) =>
    expect(whyNotSlack('secret', body, headers, minutes(count))).toMatch(/five minutes/),
  );

  it('is over the very bytes', () => {
    const bytes = Buffer.from([0x70, 0xff, 0x61]);
    const signed = sign('secret', bytes.toString('utf8'), now).headers;
    expect(whyNotSlack('secret', Buffer.from(bytes.toString('utf8')), signed, now)).toBeUndefined();
    expect(whyNotSlack('secret', bytes, signed, now)).toMatch(/mismatch/);
  });

  it.each([
    ['no signature', { 'x-slack-signature': undefined }],
    ['an empty one', { 'x-slack-signature': 'v0=' }],
    ['another version', { 'x-slack-signature': headers['x-slack-signature']!.replace('v0', 'v1') }],
    ['one that is no ASCII', { 'x-slack-signature': `v0=${'é'.repeat(64)}` }],
    ['a stamp that is no number', { 'x-slack-request-timestamp': '1e9' }],
    ['no stamp', { 'x-slack-request-timestamp': undefined }],
  ])('is not good with %s', (_what, changed) =>
    expect(whyNotSlack('secret', body, { ...headers, ...changed }, now)).toMatch(/./),
  );

  it('is remembered without being kept', () => {
    expect(signatureKey(headers)).not.toContain(headers['x-slack-signature']!.slice(3, 20));
    expect(signatureKey(headers)).not.toBe(signatureKey({ ...headers, 'x-slack-signature': 'v0=other' }));
  });
});
