import { describe, expect, it } from 'vitest';
import { TransientError } from '../../../src/errors.ts';
import type { Log } from '../../../src/ports.ts';
import { dm, mention, press } from './activities.ts';
import { acme, ann, quiet, running, serviceUrl } from './setup.ts';

const status = 'status';
const changed = (more: object) => ({ ...mention(status), ...more });
const tenantOf = (channel: string | undefined, conversation: string | undefined) => {
  const { channelData, conversation: where, ...rest } = mention(status);
  return {
    ...rest,
    conversation: { ...where, tenantId: conversation },
    channelData: { ...channelData, tenant: channel && { id: channel } },
  };
};
const evil = '66666666-0000-4000-8000-000000000666';

describe('who may speak to us through Teams', () => {
  it('the Bot Connector, of an organisation that is served', async () => {
    const { tell, asked, remembered } = running();
    expect(await tell(mention(status))).toEqual({ status: 200 });
    expect([asked.length, remembered.length]).toEqual([1, 1]);
  });

  it.each([
    ['nothing', ''],
    ['no JSON', '{"type":'],
    ['an empty object, as clients probe', '{}'],
    ['a list', '[]'],
    ['a number', '7'],
    ['an activity without a conversation', JSON.stringify(changed({ conversation: undefined }))],
    ['an activity without a Connector', JSON.stringify(changed({ serviceUrl: undefined }))],
    ['an activity whose Connector is no address', JSON.stringify(changed({ serviceUrl: 'smba' }))],
    ['a message without an id', JSON.stringify(changed({ id: undefined }))],
    ['a message of nobody', JSON.stringify(changed({ from: undefined }))],
    ['a press without an id', JSON.stringify({ ...press({ ref: 'x' }), id: undefined })],
  ])('refuses %s, and nobody is woken for it', async (_what, body) => {
    const noise: string[] = [];
    const log: Log = {
      ...quiet,
      warn: (_, message) => noise.push(message),
      error: (_, message) => noise.push(message),
    };
    const { app, asked } = running({ log });
    expect((await app.receive(Buffer.from(body), {})).status).toBe(400);
    expect([asked, noise]).toEqual([[], []]);
  });

  it('refuses more than 256 KB before it reads them', async () => {
    const { app } = running();
    expect((await app.receive(Buffer.alloc(256 * 1024 + 1, 'a'), {})).status).toBe(413);
  });

  it('refuses what the Connector did not send, before it looks at anything else', async () => {
    const { tell, teams, asked, remembered } = running();
    teams.answers.genuine = async () => 'no token';
    expect(await tell(mention(status))).toEqual({ status: 401 });
    expect(await tell({ ...tenantOf(evil, evil), serviceUrl: 'https://evil.example/' })).toEqual({ status: 401 });
    expect([asked, remembered]).toEqual([[], []]);
  });

  it('lets it ask again while it cannot be told', async () => {
    const { tell, teams, asked } = running();
    teams.answers.genuine = () => Promise.reject(new TransientError('the keys do not come'));
    expect(await tell(mention(status))).toEqual({ status: 503 });
    expect(asked).toEqual([]);
  });

  it.each([
    ['another tenant', tenantOf(evil, evil)],
    ['another tenant in the conversation alone', tenantOf(undefined, evil)],
    ['a tenant that contradicts itself', tenantOf(acme, evil)],
    ['a tenant that contradicts itself the other way', tenantOf(evil, acme)],
    ['no tenant', tenantOf(undefined, undefined)],
    ['another channel of the Connector', changed({ channelId: 'webchat' })],
    ['no channel of the Connector', changed({ channelId: 'msteams.evil' })],
    ['another host', changed({ serviceUrl: 'https://evil.example/emea/' })],
    ['a host that begins like one of ours', changed({ serviceUrl: 'https://smba.trafficmanager.net.evil.example/' })],
    ['a host that ends like one of ours', changed({ serviceUrl: 'https://evil-smba.trafficmanager.net/' })],
    ['a host behind the name of ours', changed({ serviceUrl: 'https://smba.trafficmanager.net@evil.example/' })],
    ['our host with somebody in front', changed({ serviceUrl: 'https://a:b@smba.trafficmanager.net/' })],
    ['our host without TLS', changed({ serviceUrl: 'http://smba.trafficmanager.net/emea/' })],
    ['our host on another port', changed({ serviceUrl: 'https://smba.trafficmanager.net:8443/' })],
    ['this machine, which is not listed', changed({ serviceUrl: 'http://127.0.0.1:3978/' })],
    ['another scheme', changed({ serviceUrl: 'file://smba.trafficmanager.net/' })],
  ])('refuses %s', async (_what, activity) => {
    const { tell, asked, remembered } = running();
    expect(await tell(activity)).toEqual({ status: 403 });
    expect([asked, remembered]).toEqual([[], []]);
  });

  it.each([
    ['tenants in capitals', tenantOf(acme.toUpperCase(), acme)],
    ['a tenant that only the conversation names', tenantOf(undefined, acme)],
    ['nulls where nothing is known', changed({ replyToId: null, value: null, name: null })],
    ['empty texts where nothing is known', changed({ replyToId: '', name: '' })],
    [
      'entities that nobody can read',
      changed({ entities: [...mention(status).entities, null, {}, { type: 'mention', mentioned: {} }] }),
    ],
    ['a Connector in capitals', changed({ serviceUrl: serviceUrl.replace('smba', 'SMBA') })],
  ])('takes %s', async (_what, activity) => {
    const { tell, asked } = running();
    expect((await tell(activity)).status).toBe(200);
    expect(asked).toHaveLength(1);
  });

  it.each(['http://127.0.0.1:3978/', 'https://localhost/', 'http://[::1]:99/'])(
    'takes %s where this machine is listed',
    async (local) => {
      const { tell } = running({ hosts: ['127.0.0.1', 'localhost', '[::1]'] });
      expect((await tell(changed({ serviceUrl: local }))).status).toBe(200);
    },
  );

  it('refuses what a page makes a browser on this machine send, where nobody proves who they are', async () => {
    const body = Buffer.from(JSON.stringify(mention(status)));
    const { app, asked } = running({ unauthenticated: true });
    for (const origin of ['https://evil.example', 'http://127.0.0.1:3978', 'null', ''])
      expect((await app.receive(body, { origin })).status).toBe(403);
    expect(asked).toEqual([]);
    expect((await app.receive(body, {})).status).toBe(200);
    expect((await running().app.receive(body, { origin: 'https://evil.example' })).status).toBe(200);
  });

  it('does not hear bots, and not itself', async () => {
    const { tell, asked, teams } = running();
    expect(await tell(dm(status, { ...ann, id: '28:another' }))).toEqual({ status: 200 });
    expect(await tell({ ...dm(status), from: { ...ann, role: 'bot' } })).toEqual({ status: 200 });
    expect([asked, teams.seen]).toEqual([[], []]);
  });

  it.each(['messageUpdate', 'messageDelete', 'messageReaction', 'typing', 'constructor', '__proto__'])(
    'takes a %s and does nothing',
    async (type) => {
      const { tell, asked } = running();
      expect(await tell(changed({ type }))).toEqual({ status: 200 });
      expect(asked).toEqual([]);
    },
  );

  it('answers people also while it cannot remember where they are', async () => {
    const { hear } = running({ remember: () => Promise.reject(new TransientError('the ledger does not answer')) });
    expect(await hear(dm(status))).toHaveLength(1);
  });

  it('says in the log why it refused, and nothing of the token', async () => {
    const lines: unknown[] = [];
    const { tell } = running({ log: { ...quiet, warn: (fields, message) => lines.push({ ...fields, message }) } });
    await tell(tenantOf(evil, evil));
    expect(JSON.stringify(lines)).toContain(evil);
    expect(JSON.stringify(lines)).not.toContain('Bearer');
  });
});
