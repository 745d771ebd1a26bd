import { describe, expect, test } from 'vitest';
import { nobody } from '../../../adapters/api/admission.ts';
import { meteredChat, meteredHandle, meteredLedger } from '../../../adapters/api/metered.ts';
import { metrics } from '../../../adapters/api/metrics.ts';
import { routes } from '../../../adapters/api/routes.ts';
import { TransientError } from '../../../src/errors.ts';
import type { Chat } from '../../../src/ports.ts';
import { catalogOf } from '../../config/sample.ts';
import { house } from '../../stories/house.ts';
import { catalogFile, deployBody, startRig } from './gateway.ts';

describe('/healthz and /readyz', () => {
  test('a process that lives is not ready before a worker lives too', async () => {
    const rig = await startRig();
    const before = await rig.ask('GET', '/readyz');
    await rig.ledger.beat('worker-1', 5_000);
    const after = await rig.ask('GET', '/readyz');
    rig.clock.now += 5_000;
    const late = await rig.ask('GET', '/readyz');

    expect((await rig.ask('GET', '/healthz')).json).toEqual({ status: 'ok' });
    expect([before.status, before.json]).toEqual([503, { ready: false, missing: ['worker'] }]);
    expect([after.status, after.json]).toEqual([200, { ready: true, missing: [] }]);
    expect([late.status, late.json]).toEqual([503, { ready: false, missing: ['worker'] }]);
    await rig.server.close();
  });

  test('says everything that is missing, and lives on', async () => {
    const rig = await startRig({}, ({ ledger }) => ({
      ledger: { ...ledger, workers: () => Promise.reject(new TransientError('away')) },
      catalog: () => {
        throw new Error('not loaded');
      },
    }));

    expect((await rig.ask('GET', '/readyz')).json).toEqual({ ready: false, missing: ['ledger', 'catalog'] });
    expect((await rig.ask('GET', '/healthz')).status).toBe(200);
    await rig.server.close();
  });

  test('however many ask at once, the ledger is asked once', async () => {
    let asked = 0;
    const rig = await startRig();
    const workers = async () => {
      asked += 1;
      return ['worker'];
    };
    const gateway = { ...rig.gateway, ledger: { ...rig.ledger, workers } };
    const ready = routes.find(({ id }) => id === 'ready')!;
    const look = () => ready.run({ gateway, who: nobody }, { params: {}, query: {}, body: undefined });

    const answers = await Promise.all(Array.from({ length: 20 }, look));
    expect([answers.length, asked]).toEqual([20, 1]);
    await look();
    expect(asked).toBe(2);
    await rig.server.close();
  });
});

describe('/metrics', () => {
  test('counts requests by route, and needs no token', async () => {
    const rig = await startRig();
    const token = await rig.token('boss');
    await rig.ask('POST', '/api/v1/releases', { token, body: deployBody() });
    await rig.ask('GET', '/api/v1/releases/payments-secretword', { token });
    await rig.ask('GET', '/secretword');
    const { text, headers } = await rig.ask('GET', '/metrics');

    expect(headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(text).toContain('release_engineer_releases{phase="requested"} 1');
    expect(text).toMatch(/http_seconds_count\{method="POST",route="\/api\/v1\/releases",status="202"\} 1/);
    expect(text).toMatch(/http_seconds_count\{method="GET",route="\/api\/v1\/releases\/:id",status="404"\} 1/);
    expect(text).toMatch(/nodejs_eventloop_lag_seconds /);
    expect(text).not.toContain('secretword');
    expect(text).not.toContain(token);
    await rig.server.close();
  });

  test('without the ledger tells its other numbers, and no old one of releases', async () => {
    let away = false;
    const rig = await startRig({}, ({ ledger }) => ({
      ledger: { ...ledger, active: () => (away ? Promise.reject(new TransientError('away')) : ledger.active()) },
    }));
    await rig.ask('POST', '/api/v1/releases', { token: await rig.token('boss'), body: deployBody() });
    expect((await rig.ask('GET', '/metrics')).text).toContain('releases{phase="requested"} 1');
    away = true;
    const told = await rig.ask('GET', '/metrics');

    expect(told.status).toBe(200);
    expect(told.text).not.toContain('releases{phase=');
    await rig.server.close();
  });
});

describe('what passes through a port is counted', () => {
  const nothing = { active: async () => [] };

  test('commands by verb and outcome, refusals by code; what was typed is no label', async () => {
    const measured = metrics();
    const rig = await startRig({}, (gateway) => ({ handle: meteredHandle(measured, gateway.catalog, gateway.handle) }));
    const token = await rig.token('boss');
    const say = (text: string) => rig.ask('POST', '/api/v1/commands', { token, body: { text } });
    await say('deploy payments 1 to staging');
    await say('pause payments-zzz9');
    await say('drop all tables');
    const text = await measured.text(nothing);

    expect(text).toContain('commands_total{verb="deploy",via="rest",outcome="ok"} 1');
    expect(text).toContain('commands_total{verb="pause",via="rest",outcome="refused"} 1');
    expect(text).toContain('commands_total{verb="not-understood",via="rest",outcome="refused"} 1');
    expect(text).toContain('refusals_total{code="unknown-release"} 1');
    expect(text).not.toContain('tables');
    await rig.server.close();
  });

  test('a command that was not accepted', async () => {
    const measured = metrics();
    const catalog = catalogOf(catalogFile());
    const handle = meteredHandle(
      measured,
      () => catalog,
      () => Promise.reject(new TransientError('away')),
    );
    const actor = { surface: 'api', tenant: '', id: 'x', name: 'x' } as const;

    await expect(handle({ text: 'help', actor, via: 'rest' })).rejects.toThrow('away');
    expect(await measured.text(nothing)).toContain('commands_total{verb="help",via="rest",outcome="not-accepted"} 1');
  });

  test('verdicts by cause with their time, ends of releases by phase, and the ledger by operation', async () => {
    const measured = metrics();
    const story = house();
    const ledger = meteredLedger(measured, story.ledger);
    story.world.ledger = ledger;
    const bad = await story.says('ann', 'deploy payments 2.5.0-crash to staging');
    await story.until(bad.release, 'rolled-back');
    const text = await measured.text(ledger);

    expect(text).toContain('verdicts_total{cause="crash-loop"} 1');
    expect(text).toContain('time_to_verdict_seconds_count{cause="crash-loop"} 1');
    expect(text).toContain('releases_finished_total{phase="rolled-back"} 1');
    expect(text).toMatch(/ledger_seconds_count\{operation="commit",outcome="ok"\} \d+/);
  });

  test('a ledger that fails is counted as such, and fails as before', async () => {
    const measured = metrics();
    const { ledger } = house();
    const broken = meteredLedger(measured, { ...ledger, read: () => Promise.reject(new TransientError('away')) });

    await expect(broken.read([])).rejects.toThrow('away');
    expect(await measured.text(nothing)).toContain('ledger_seconds_count{operation="read",outcome="failed"} 1');
  });

  test('chat calls by outcome, cluster requests by resource', async () => {
    const measured = metrics();
    const chat: Chat = {
      paceMs: 7,
      allowances: () => [{ bucket: 'slack', calls: 60, windowMs: 60_000 }],
      post: async () => 'ts',
      update: () => Promise.reject(new TransientError('slow down')),
      reply: async () => {},
    };
    const counted = meteredChat(measured, 'slack', chat);
    const to = { surface: 'slack', tenant: 'T1', channel: 'C1' } as const;
    const view = { kind: 'answer', tone: 'good', title: 'x', lines: [] } as const;

    expect(await counted.post(to, { ...view, lines: [] })).toBe('ts');
    await expect(counted.update(to, 'ts', { ...view, lines: [] })).rejects.toThrow('slow down');
    measured.clusterRequest('eu', 'list', 'pods');
    const text = await measured.text(nothing);
    expect(counted.paceMs).toBe(7);
    expect(counted.allowances('post', to)).toEqual([{ bucket: 'slack', calls: 60, windowMs: 60_000 }]);
    expect(text).toContain('chat_calls_total{surface="slack",call="post",outcome="ok"} 1');
    expect(text).toContain('chat_calls_total{surface="slack",call="update",outcome="failed"} 1');
    expect(text).toContain('cluster_requests_total{cluster="eu",verb="list",resource="pods"} 1');
  });
});
