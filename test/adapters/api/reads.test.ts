import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { deployBody, type Rig, startRig, storyGateway } from './gateway.ts';

let rig: Rig;
let boss: string;
beforeEach(async () => {
  rig = await startRig();
  boss = await rig.token('boss');
});
afterEach(() => rig.server.close());

const get = (path: string, headers?: Record<string, string>) => rig.ask('GET', path, { token: boss, headers });
const deploy = async (version: string, service = 'payments', environment = 'staging'): Promise<string> => {
  rig.clock.now += 1_000;
  const told = await rig.ask('POST', '/api/v1/releases', {
    token: boss,
    body: deployBody(version, service, environment),
  });
  return told.json.release;
};
const abort = async (id: string) => {
  rig.clock.now += 1_000;
  await rig.ask('POST', `/api/v1/releases/${id}/abort`, { token: boss });
};

describe('one release', () => {
  test('has its revision as ETag, and is not sent again while it is known', async () => {
    const path = `/api/v1/releases/${await deploy('1')}`;
    const first = await get(path);
    const known = await get(path, { 'if-none-match': first.headers.get('etag')! });
    const weak = await get(path, { 'if-none-match': '"7", W/"1"' });
    await rig.ask('POST', `${path}/abort`, { token: boss });
    const changed = await get(path, { 'if-none-match': first.headers.get('etag')! });

    expect([first.status, first.headers.get('etag')]).toEqual([200, '"1"']);
    expect([known.status, known.text, known.headers.get('etag')]).toEqual([304, '', '"1"']);
    expect(weak.status).toBe(304);
    expect([changed.status, changed.headers.get('etag'), changed.json.phase]).toEqual([200, '"2"', 'cancelled']);
  });

  test('is found in any case, and what does not exist is not', async () => {
    const id = await deploy('1');

    expect((await get(`/api/v1/releases/${id.toUpperCase()}`)).status).toBe(200);
    for (const word of ['payments-zzz9', '%00', 'a b', '__proto__', 'constructor', '..%2F..']) {
      const told = await get(`/api/v1/releases/${word}`);
      expect([word, told.status]).toEqual([word, word === '%00' ? 400 : 404]);
    }
  });

  test('tells its events in order, from a revision on', async () => {
    const id = await deploy('1');
    await abort(id);
    const all = await get(`/api/v1/releases/${id}/events`);
    const later = await get(`/api/v1/releases/${id}/events?after=1`);

    expect(all.json.events).toMatchObject([
      { rev: 1, type: 'requested', by: { principal: 'boss@example.com' } },
      { rev: 2, type: 'controlled', verb: 'abort' },
    ]);
    expect(later.json.events).toEqual(all.json.events.slice(1));
  });
});

describe('the list', () => {
  test('has those under way first, then the finished ones, the latest first, and filters', async () => {
    const [a, b, c, d] = [
      await deploy('1'),
      await deploy('2'),
      await deploy('1', 'search'),
      await deploy('1', 'payments', 'prod'),
    ];
    await abort(a);
    await abort(c);
    const ids = async (query: string) =>
      (await get(`/api/v1/releases${query}`)).json.releases.map((one: { id: string }) => one.id);

    expect(await ids('')).toEqual([d, b, c, a]);
    expect(await ids('?state=active')).toEqual([d, b]);
    expect(await ids('?state=finished')).toEqual([c, a]);
    expect(await ids('?state=cancelled&service=search')).toEqual([c]);
    expect(await ids('?service=PAY&environment=stage')).toEqual([b, a]);
    expect(await ids('?service=nobody')).toEqual([]);
  });

  test('pages through everything once, while releases come and end', async () => {
    const made: string[] = [];
    for (let n = 0; n < 7; n += 1) made.push(await deploy(`1.${n}`, n % 2 ? 'search' : 'payments'));
    for (const id of made.slice(0, 5)) await abort(id);
    const seen: string[] = [];
    let next: string | undefined = '';
    while (next !== undefined) {
      const told = await get(`/api/v1/releases?limit=2${next && `&cursor=${next}`}`);
      seen.push(...told.json.releases.map((one: { id: string }) => one.id));
      next = told.json.next;
      await abort(await deploy(`2.${seen.length}`));
    }

    for (const id of made) expect(seen.filter((one) => one === id)).toEqual([id]);
  });

  test.each(['limit=0', 'limit=101', 'limit=1e1', 'limit=1&limit=2', 'cursor=x', 'state=happy', 'what=1', 'service='])(
    'refuses %s, naming it',
    async (query) => {
      const told = await get(`/api/v1/releases?${query}`);

      expect(told.status).toBe(400);
      expect(told.json.error.message).toContain(query.split('=')[0]);
    },
  );

  test('shows each principal only what they may read', async () => {
    await deploy('1', 'search');
    const mine = await deploy('1');
    await deploy('1', 'payments', 'prod');
    const token = await rig.token('only-read');
    const told = await rig.ask('GET', '/api/v1/releases', { token });

    expect(told.json.releases.map((one: { id: string }) => one.id)).toEqual([mine]);
  });
});

describe('a target', () => {
  test('tells who waits, and what stands in the way', async () => {
    const [first, second] = [await deploy('1'), await deploy('2')];
    const say = (text: string) => rig.ask('POST', '/api/v1/commands', { token: boss, body: { text } });
    await say('lock payments staging because audit');
    await say('freeze staging because inventory');
    const told = await get('/api/v1/targets/pay/stage');

    expect(told.json).toMatchObject({
      service: 'payments',
      environment: 'staging',
      active: [
        { release: first, phase: 'requested', version: '1' },
        { release: second, phase: 'requested', version: '2' },
      ],
      lock: { reason: 'audit', ledgerLost: false },
      freeze: { reason: 'inventory' },
      quarantine: [],
    });
    expect(told.json).not.toHaveProperty('serving');
  });

  test('tells a freeze of the catalog', async () => {
    rig.clock.now = Date.UTC(2026, 10, 28, 12);
    const prod = await get('/api/v1/targets/payments/prod', { authorization: `Bearer ${await rig.token('boss')}` });

    expect(prod.json.freeze).toEqual({ reason: 'weekend', until: '2026-11-30T07:00:00.000Z' });
  });

  test.each(['payments/nowhere', 'nothing/staging', '__proto__/staging', 'payments/constructor'])(
    '%s is not there',
    async (path) => {
      expect((await get(`/api/v1/targets/${path}`)).status).toBe(404);
    },
  );
});

describe('the catalog', () => {
  test('shows what is released and by which rules, and no cluster, credential, role or address', async () => {
    const services = await get('/api/v1/services');
    const environments = await get('/api/v1/environments');

    expect(services.json.services).toMatchObject([
      {
        name: 'payments',
        aliases: ['pay'],
        environments: [{ name: 'staging' }, { name: 'prod', strategy: 'rolling', places: 1 }],
      },
      { name: 'search' },
    ]);
    expect(environments.json.environments).toMatchObject([
      { name: 'staging' },
      { name: 'prod', freezes: [{ reason: 'weekend' }] },
    ]);
    expect(services.text + environments.text).not.toMatch(/context|PAGE_URL|lead@|boss@|only-read|namespace/);
  });
});

describe('what serves', () => {
  const target = '/api/v1/targets/payments/staging';

  test('is what the last release that changed something left, whatever was asked for since', async () => {
    const { story, server, get } = await storyGateway();
    const first = await story.says('ann', 'deploy payments 2.4.1 to staging');
    await story.until(first.release, 'succeeded');
    const second = await story.says('ann', 'deploy payments 2.4.2 to staging');
    await story.says('ann', `abort ${second.release}`);
    await story.until(second.release, 'cancelled');

    expect((await get(target)).json.serving).toMatchObject({ release: first.release, places: [{ version: '2.4.1' }] });
    await server.close();
  });

  test('is not told after a person took over: we do not know', async () => {
    const { story, server, get } = await storyGateway();
    const first = await story.says('ann', 'deploy payments 2.4.1 to staging');
    await story.until(first.release, 'succeeded');
    const second = await story.says('ann', 'deploy payments 2.5.4-slowready to staging');
    await story.until(second.release, 'deploying');
    await story.passes(5_000);
    await story.says('ann', `take over ${second.release}`);
    expect((await story.release(second.release)).touched).not.toEqual([]);

    expect((await get(target)).json).not.toHaveProperty('serving');
    await server.close();
  });
});

describe('a release that was carried out', () => {
  const carriedOut = async (version: string) => {
    const { story, ...rest } = await storyGateway();
    const reply = await story.says('ann', `deploy payments ${version} to staging`);
    return { release: await story.until(reply.release, 'succeeded', 'rolled-back'), ...rest };
  };

  test('tells what serves, its plan and its steps', async () => {
    const { release, server, get } = await carriedOut('2.4.1');
    const told = await get(`/api/v1/releases/${release.id}`);
    const target = await get('/api/v1/targets/payments/staging');

    expect(told.json).toMatchObject({
      phase: 'succeeded',
      finished: true,
      serving: [{ version: '2.4.1', healthy: true }],
    });
    expect(told.json.plan).toMatchObject({
      from: '2.4.0',
      to: '2.4.1',
      places: [{ place: 'eu/staging/deployment/payments' }],
    });
    expect(target.json.serving).toMatchObject({ release: release.id, places: [{ version: '2.4.1' }] });
    await server.close();
  });

  test('that failed shows cause and evidence, and neither templates nor what chat knows of people', async () => {
    const { release, server, get } = await carriedOut('2.5.0-crash');
    const told = await get(`/api/v1/releases/${release.id}`);
    const events = await get(`/api/v1/releases/${release.id}/events`);
    const target = await get('/api/v1/targets/payments/staging');

    expect(told.json).toMatchObject({ phase: 'rolled-back', quarantined: true, finding: { cause: 'crash-loop' } });
    expect(told.json.evidence.logs.length).toBeGreaterThan(0);
    expect(target.json.quarantine).toMatchObject([{ version: '2.5.0-crash', release: release.id }]);
    expect(events.json.events.map((one: { type: string }) => one.type)).toContain('verdict-failed');
    expect(release.by.actor.tenant).toBe('story');
    for (const { text } of [told, events, target])
      expect(text).not.toMatch(/template|"story"|"actor"|"record"|announce/);
    await server.close();
  });
});
