import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { deployBody, type Rig, startRig, storyGateway } from './gateway.ts';

let rig: Rig;
let boss: string;
beforeEach(async () => {
  rig = await startRig();
  boss = await rig.token('boss');
});
afterEach(() => rig.server.close());

describe('a deploy over REST', () => {
  test('is accepted when it is durable, and Location names the release', async () => {
    const told = await rig.ask('POST', '/api/v1/releases', { token: boss, body: deployBody() });

    expect(told.status).toBe(202);
    expect(told.json).toMatchObject({
      message: expect.stringContaining('Accepted as payments-'),
      release: expect.any(String),
    });
    expect(told.headers.get('location')).toBe(`/api/v1/releases/${told.json.release}`);
    const kept = await rig.ledger.load(told.json.release);
    expect(kept?.release).toMatchObject({ phase: 'requested', by: { principal: 'boss@example.com' } });
  });

  test('understands aliases, and carries change and ticket', async () => {
    const change = { commit: 'abc1234', authors: ['dev@example.com'], link: 'https://git.example.com/c/abc1234' };
    const body = {
      service: 'PAY',
      environment: 'stage',
      version: '2.4.1',
      reason: 'fix the till',
      change,
      ticket: 'PAY-7',
    };
    const told = await rig.ask('POST', '/api/v1/releases', { token: boss, body });

    const release = await rig.ask('GET', told.headers.get('location')!, { token: boss });
    expect(release.json).toMatchObject({
      service: 'payments',
      environment: 'staging',
      reason: 'fix the till',
      change,
      ticket: 'PAY-7',
    });
  });

  test.each([
    [{ ...deployBody(), version: 'not a tag' }, 'version'],
    [{ ...deployBody(), strategy: 'yolo' }, 'strategy'],
    [{ ...deployBody(), reason: ' ' }, 'reason'],
    [{ ...deployBody(), overriding: ['everything'] }, 'overriding'],
    [{ ...deployBody(), change: { link: 'javascript:alert(1)' } }, 'link'],
    [{ ...deployBody(), verison: '1' }, 'verison'],
    [{ service: 'payments' }, 'version'],
    [[], 'body'],
    ['"a string"', 'body'],
  ])('is refused naming the field: %j', async (body, field) => {
    const told = await rig.ask('POST', '/api/v1/releases', { token: boss, body });

    expect(told.status).toBe(400);
    expect(told.json.error).toMatchObject({ code: 'bad-request', message: expect.stringContaining(field) });
    expect(await rig.ledger.active()).toEqual([]);
  });

  test('tells a refusal of handle with its own status, words and hint', async () => {
    const told = await rig.ask('POST', '/api/v1/releases', { token: boss, body: { ...deployBody(), at: 'whenever' } });

    expect(told.status).toBe(400);
    expect(told.json.error).toEqual({
      code: 'not-a-time',
      message: expect.stringContaining('whenever'),
      hint: expect.any(String),
      requestId: told.headers.get('x-request-id'),
    });
  });

  test('a freeze of a person is a conflict', async () => {
    await rig.ask('POST', '/api/v1/commands', { token: boss, body: { text: 'freeze staging because inventory' } });
    const told = await rig.ask('POST', '/api/v1/releases', { token: boss, body: deployBody() });

    expect([told.status, told.json.error.code]).toEqual([409, 'frozen']);
    expect(told.json.error.message).toContain('inventory');
  });
});

describe('Idempotency-Key', () => {
  const key = { 'idempotency-key': 'build-4711' };

  test('makes the same request once, and says that the answer is the first one', async () => {
    const first = await rig.ask('POST', '/api/v1/releases', { token: boss, body: deployBody(), headers: key });
    const again = await rig.ask('POST', '/api/v1/releases', { token: boss, body: deployBody(), headers: key });

    expect(first.headers.get('idempotent-replayed')).toBeNull();
    expect([again.status, again.headers.get('idempotent-replayed')]).toEqual([202, 'true']);
    expect(again.json).toEqual(first.json);
    expect(await rig.ledger.active()).toHaveLength(1);
  });

  test('is of one principal: another one may use the same', async () => {
    const other = await rig.token('boss', 'reader');
    await rig.ask('POST', '/api/v1/releases', { token: boss, body: deployBody(), headers: key });
    const told = await rig.ask('POST', '/api/v1/releases', { token: other, body: deployBody('2.4.2'), headers: key });

    expect([told.status, told.headers.get('idempotent-replayed')]).toEqual([202, null]);
  });

  test('of another request is refused with 422', async () => {
    await rig.ask('POST', '/api/v1/releases', { token: boss, body: deployBody(), headers: key });
    const told = await rig.ask('POST', '/api/v1/releases', { token: boss, body: deployBody('2.4.2'), headers: key });

    expect([told.status, told.json.error.code]).toEqual([422, 'key-reused']);
    expect(await rig.ledger.active()).toHaveLength(1);
  });

  test.each(['', 'x'.repeat(256), 'two words'])('must have its shape: %j', async (wrong) => {
    const told = await rig.ask('POST', '/api/v1/releases', {
      token: boss,
      body: deployBody(),
      headers: { 'idempotency-key': wrong },
    });

    expect(told.status).toBe(400);
    expect(told.json.error.message).toContain('Idempotency-Key');
  });
});

describe('a typed command', () => {
  test('is answered in words, and names the release that it made', async () => {
    const body = { text: 'deploy payments 2.4.1 to staging', reason: 'because we can', onBehalfOf: 'dev@example.com' };
    const told = await rig.ask('POST', '/api/v1/commands', { token: boss, body });

    expect(told.status).toBe(200);
    expect(told.headers.get('location')).toMatch(/^\/api\/v1\/releases\/payments-/);
    const [release] = await rig.ledger.active();
    expect(release?.command).toMatchObject({ reason: 'because we can' });
    const [row] = await rig.ledger.audit(1);
    expect(row?.detail).toMatchObject({ via: 'rest', onBehalfOf: 'dev@example.com' });
  });

  test('answers questions', async () => {
    const told = await rig.ask('POST', '/api/v1/commands', { token: boss, body: { text: 'status' } });

    expect(told.status).toBe(200);
    expect(told.json.lines.join('\n')).toContain('payments staging');
  });

  test('that is not understood is told with the nearest right one', async () => {
    const told = await rig.ask('POST', '/api/v1/commands', {
      token: boss,
      body: { text: 'deploy payments 2.4.1 to stagin' },
    });

    expect([told.status, told.json.error.code]).toEqual([400, 'not-understood']);
    expect(told.json.error.hint).toContain('deploy payments 2.4.1 to staging');
  });

  test('has its reason once', async () => {
    const body = { text: 'freeze staging because a', reason: 'b' };
    const told = await rig.ask('POST', '/api/v1/commands', { token: boss, body });

    expect([told.status, told.json.error.code]).toEqual([400, 'not-understood']);
  });

  test('of nothing opens no form', async () => {
    const told = await rig.ask('POST', '/api/v1/commands', { token: boss, body: { text: '` `' } });

    expect([told.status, told.json.error.code]).toEqual([400, 'not-understood']);
  });

  test('never approves: that is for people', async () => {
    const { json } = await rig.ask('POST', '/api/v1/releases', {
      token: await rig.token('only-deploy'),
      body: deployBody(),
    });
    const told = await rig.ask('POST', '/api/v1/commands', { token: boss, body: { text: `approve ${json.release}` } });

    expect([told.status, told.json.error.code]).toEqual([403, 'token-cannot']);
  });
});

describe('steering a release', () => {
  const made = async () =>
    (await rig.ask('POST', '/api/v1/releases', { token: boss, body: deployBody() })).json.release;

  test('abort works without a body', async () => {
    const id = await made();
    const told = await rig.ask('POST', `/api/v1/releases/${id}/abort`, { token: boss });

    expect([told.status, told.json.release]).toEqual([202, id]);
    expect((await rig.ledger.load(id))?.release).toMatchObject({ phase: 'cancelled' });
  });

  test('an empty JSON body is none', async () => {
    const headers = { 'content-type': 'application/json' };
    const told = await rig.ask('POST', `/api/v1/releases/${await made()}/abort`, { token: boss, headers });

    expect(told.status).toBe(202);
  });

  test('what is not possible now is a conflict that says why', async () => {
    const told = await rig.ask('POST', `/api/v1/releases/${await made()}/pause`, {
      token: boss,
      body: { reason: 'wait' },
    });

    expect([told.status, told.json.error.code]).toEqual([409, 'not-now']);
  });

  test('rollback returns to what served before the release, and to nothing else', async () => {
    const { story, server, post } = await storyGateway('release-managers');
    const [old, newer] = [
      await story.says('ann', 'deploy payments 2.4.1 to staging'),
      'deploy payments 2.4.2 to staging',
    ];
    await story.until(old.release, 'succeeded');
    const last = await story.says('ann', newer);
    await story.until(last.release, 'succeeded');
    const stale = await post(`/api/v1/releases/${old.release}/rollback`);
    const told = await post(`/api/v1/releases/${last.release}/rollback`, { reason: 'the till is down' });
    const back = await story.until(told.json.release, 'succeeded', 'failed');

    expect([stale.status, stale.json.error.code]).toEqual([409, 'stale-button']);
    expect(stale.json.error.message).toContain(last.release);
    expect([told.status, told.headers.get('location')]).toEqual([202, `/api/v1/releases/${told.json.release}`]);
    expect([back.phase, back.serving[0]?.version]).toEqual(['succeeded', '2.4.1']);
    await server.close();
  });
});
