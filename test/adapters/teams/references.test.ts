import { describe, expect, it } from 'vitest';
import type { Activity } from '../../../adapters/teams/activity.ts';
import { isChannel, placeOf, references, type Store, threadOf } from '../../../adapters/teams/references.ts';

const channel = '19:prod@thread.tacv2';
const defaults = { serviceUrl: 'https://smba.example.com/teams/', tenant: 'acme' };
const hosts = ['smba.example.com'];
const heard = (more: Partial<Activity> = {}): Activity => ({
  type: 'message',
  serviceUrl: 'https://smba.example.com/emea/',
  conversation: { id: `${channel};messageid=1700000000000` },
  channelData: { tenant: { id: 'acme' }, channel: { id: channel } },
  ...more,
});
const address = { surface: 'teams', tenant: '', channel } as const;

const inRam = (): Store & { writes: string[] } => {
  const kept = new Map<string, unknown>();
  const writes: string[] = [];
  return {
    writes,
    read: async (key) => kept.get(key),
    async write(key, value) {
      writes.push(key);
      kept.set(key, value);
    },
  };
};

describe('how to reach a conversation of Teams', () => {
  it('is what another process heard of it last', async () => {
    const store = inRam();
    await references(store, defaults, hosts).remember(heard());
    await references(store, defaults, hosts).remember(heard({ serviceUrl: 'https://smba.example.com/amer/' }));

    expect(await references(store, defaults, hosts).find(address)).toEqual({
      serviceUrl: 'https://smba.example.com/amer/',
      tenant: 'acme',
      id: channel,
    });
  });

  it('is where its tenant is served, for a channel that nobody has written in yet', async () => {
    const store = inRam();
    await references(store, defaults, hosts).remember(heard());
    expect(await references(store, defaults, hosts).find({ ...address, channel: '19:new@thread.tacv2' })).toEqual({
      serviceUrl: 'https://smba.example.com/emea/',
      tenant: 'acme',
      id: '19:new@thread.tacv2',
    });
  });

  it('is never a Connector that is not served any more: our token goes with every message', async () => {
    const store = inRam();
    await references(store, defaults, hosts).remember(heard({ serviceUrl: 'https://smba.elsewhere.example/emea/' }));
    const { serviceUrl } = await references(store, defaults, hosts).find(address);
    expect(serviceUrl).toBe(defaults.serviceUrl);
  });

  it('is the global Connector before anybody said anything', async () => {
    expect(await references(inRam(), defaults, hosts).find(address)).toEqual({ ...defaults, id: channel });
    expect(await references(inRam(), defaults, hosts).find({ ...address, tenant: 'other' })).toEqual({
      ...defaults,
      tenant: 'other',
      id: channel,
    });
  });

  it('names the thread where the address does', async () => {
    const { id } = await references(inRam(), defaults, hosts).find({ ...address, thread: '17' });
    expect(id).toBe(`${channel};messageid=17`);
    expect([placeOf(id), threadOf(id), isChannel(id)]).toEqual([channel, '17', true]);
    expect(isChannel('19:chat@thread.v2')).toBe(false);
  });

  it('is written once, not with every message', async () => {
    const store = inRam();
    const [one, other] = [references(store, defaults, hosts), references(store, defaults, hosts)];
    for (const known of [one, one, other]) await known.remember(heard());
    expect(store.writes).toEqual([`teams:conversation:${channel}`, 'teams:tenant:acme']);
  });

  it('is found whether the tenant is written in capitals or not', async () => {
    const store = inRam();
    await references(store, defaults, hosts).remember(heard({ channelData: { tenant: { id: 'ac-me' } } }));
    const elsewhere = { ...address, channel: '19:new@thread.tacv2', tenant: 'AC-ME' };
    expect(await references(store, defaults, hosts).find(elsewhere)).toMatchObject({
      serviceUrl: 'https://smba.example.com/emea/',
    });
  });

  const from = (region: string, host = 'smba.example.com') =>
    heard({
      serviceUrl: `https://${host}/${region}/`,
      conversation: { id: `19:${region}@thread.tacv2` },
      channelData: { tenant: { id: 'acme' } },
    });

  it('of a tenant in several regions is written once each, not with every message', async () => {
    const store = inRam();
    for (const known of [references(store, defaults, hosts), references(store, defaults, hosts)])
      for (const region of ['emea', 'amer', 'emea', 'amer']) await known.remember(from(region));
    expect(store.writes).toEqual([
      'teams:conversation:19:emea@thread.tacv2',
      'teams:tenant:acme',
      'teams:conversation:19:amer@thread.tacv2',
    ]);
  });

  it('of a tenant is written anew when its Connector is not served any more', async () => {
    const store = inRam();
    await references(store, defaults, ['old.example.com']).remember(from('old', 'old.example.com'));
    await references(store, defaults, hosts).remember(from('emea'));
    expect(await references(store, defaults, hosts).find({ ...address, channel: '19:new@thread.tacv2' })).toMatchObject(
      {
        serviceUrl: 'https://smba.example.com/emea/',
      },
    );
  });

  it('is not taken from something that does not say where it comes from', async () => {
    const store = inRam();
    await references(store, defaults, hosts).remember(heard({ serviceUrl: undefined }));
    await references(store, defaults, hosts).remember(heard({ channelData: undefined }));
    expect(store.writes).toEqual([]);
  });
});
