import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openApi, routes } from '../../../adapters/api/routes.ts';
import { type Permission, permissions } from '../../../src/config/catalog-schema.ts';
import type { Target } from '../../../src/release/command.ts';
import { type Rig, startRig } from './gateway.ts';

/**
 * Every route × every permission × own and foreign targets. The roles hold for payments in staging alone; what is
 * expected is written here once more, by hand, and not taken from the table of routes.
 */

const own: Target = { service: 'payments', environment: 'staging' };
const foreign: Target[] = [
  { service: 'search', environment: 'staging' },
  { service: 'payments', environment: 'prod' },
  { service: 'search', environment: 'prod' },
];
type Holder = Permission | 'nothing';
const holders: Holder[] = [...permissions, 'nothing'];

/** Routes about one target, and the permissions that open them. */
const aboutTarget: Record<string, Permission[]> = {
  'GET /api/v1/releases/{id}': ['read'],
  'GET /api/v1/releases/{id}/events': ['read'],
  'GET /api/v1/targets/{service}/{environment}': ['read'],
  'POST /api/v1/releases': ['deploy'],
  'POST /api/v1/releases/{id}/promote': ['control'],
  'POST /api/v1/releases/{id}/pause': ['control'],
  'POST /api/v1/releases/{id}/resume': ['control'],
  'POST /api/v1/releases/{id}/abort': ['control', 'rollback'],
  'POST /api/v1/releases/{id}/hold': ['control'],
  'POST /api/v1/releases/{id}/take-over': ['control'],
  'POST /api/v1/releases/{id}/rollback': ['rollback'],
};
/** Routes that show what the principal may read. */
const lists: Record<string, string> = {
  'GET /api/v1/releases': 'releases',
  'GET /api/v1/services': 'services',
  'GET /api/v1/environments': 'environments',
};
const open = ['GET /healthz', 'GET /readyz', 'GET /metrics', 'GET /openapi.json', 'GET /docs'];
const commands: [string, Permission][] = [
  ['deploy payments 9 to staging', 'deploy'],
  ['lock payments staging because audit', 'lock'],
  ['status payments staging', 'read'],
  ['roll back payments in staging to 1', 'rollback'],
];

let rig: Rig;
let boss: string;
let tokens: Record<Holder, string>;
beforeAll(async () => {
  rig = await startRig();
  boss = await rig.token('boss');
  const all = holders.map(async (holder) => [
    holder,
    await rig.token(...(holder === 'nothing' ? [] : [`only-${holder}`])),
  ]);
  tokens = Object.fromEntries(await Promise.all(all));
});
afterAll(() => rig.server.close());

let count = 0;
/** A release of its own for each cell, so that no cell depends on another. */
async function releaseOn({ service, environment }: Target): Promise<string> {
  count += 1;
  const body = { service, environment, version: `v${count}` };
  const told = await rig.ask('POST', '/api/v1/releases', { token: boss, body });
  expect(told.status).toBe(202);
  return told.json.release;
}

async function askRoute(line: string, token: string, target: Target) {
  const [method = '', pattern = ''] = line.split(' ');
  const id = pattern.includes('{id}') ? await releaseOn(target) : '';
  const path = pattern
    .replace('{id}', id)
    .replace('{service}', target.service)
    .replace('{environment}', target.environment);
  count += 1;
  const body = line === 'POST /api/v1/releases' ? { ...target, version: `v${count}` } : {};
  return rig.ask(method, path, { token, body: method === 'POST' ? body : undefined });
}

test('every route is in this matrix, and each is open or needs a permission', () => {
  const known = [...Object.keys(aboutTarget), ...Object.keys(lists), ...open, 'POST /api/v1/commands'].sort();

  expect(routes.map(({ method, path }) => `${method} ${path}`).sort()).toEqual(known);
  for (const { method, path, needs } of routes)
    expect([path, needs === 'nothing']).toEqual([path, open.includes(`${method} ${path}`)]);
  for (const { needs } of routes) expect(['nothing', 'any', ...permissions]).toContain(needs);
});

test('nothing but the open list answers without a token, and the document says so', async () => {
  for (const { method, path } of routes) {
    const told = await rig.ask(method, path.replace(/\{\w+\}/g, 'x'), { body: method === 'POST' ? {} : undefined });
    const isOpen = open.includes(`${method} ${path}`);
    expect([path, told.status === 401]).toEqual([path, !isOpen]);
    expect(openApi.paths[path]?.[method.toLowerCase()]?.security).toEqual(isOpen ? [] : [{ token: [] }]);
  }
});

describe.each(Object.entries(aboutTarget))('%s', (line, opens) => {
  test.each(holders)('by somebody who may %s', async (holder) => {
    const told = await askRoute(line, tokens[holder], own);

    if (opens.includes(holder as Permission)) expect([200, 202, 409]).toContain(told.status);
    else if (holder === 'nothing' || line.startsWith('GET')) expect(told.status).toBe(404);
    else expect([told.status, told.json.error.code]).toEqual([403, 'not-entitled']);
  });

  test.each(foreign)('on $service in $environment is answered like what does not exist', async (target) => {
    const [method = '', pattern = ''] = line.split(' ');
    const absent = pattern.replace('{id}', 'payments-zzzz').replace('{service}/{environment}', 'nothing/nowhere');
    const body = { service: 'nothing', environment: 'nowhere', version: '1' };
    for (const holder of holders) {
      const told = await askRoute(line, tokens[holder], target);
      const nowhere = await rig.ask(method, absent, {
        token: tokens[holder],
        body: method === 'GET' ? undefined : line === 'POST /api/v1/releases' ? body : {},
      });
      expect([holder, told.status]).toEqual([holder, 404]);
      expect({ ...told.json.error, requestId: '' }).toEqual({ ...nowhere.json.error, requestId: '' });
    }
  });
});

describe.each(Object.entries(lists))('%s', (line, field) => {
  test.each(holders)('shows somebody who may %s what they may read', async (holder) => {
    for (const target of [own, ...foreign]) await releaseOn(target);
    const told = await rig.ask('GET', line.split(' ')[1]!, { token: tokens[holder] });
    const shown = JSON.stringify(told.json[field]);

    expect(told.status).toBe(200);
    expect(told.json[field].length > 0).toBe(holder === 'read');
    expect(shown).not.toMatch(/search|"prod"/);
  });
});

describe.each(commands)('the command %s', (text, opens) => {
  test.each(holders)('by somebody who may %s', async (holder) => {
    const told = await rig.ask('POST', '/api/v1/commands', { token: tokens[holder], body: { text } });

    if (holder === opens) expect([200, 409]).toContain(told.status);
    else expect([told.status, told.json.error.code]).toEqual([403, 'not-entitled']);
    await rig.ask('POST', '/api/v1/commands', { token: boss, body: { text: 'unlock payments staging because done' } });
  });

  test.each(foreign)(
    'on $service in $environment is refused to everybody with a role elsewhere',
    async ({ service, environment }) => {
      const there = text.replace('payments', service).replace('staging', environment);
      for (const holder of holders) {
        const told = await rig.ask('POST', '/api/v1/commands', { token: tokens[holder], body: { text: there } });
        expect([holder, told.status, told.json.error.code]).toEqual([holder, 403, 'not-entitled']);
      }
    },
  );
});

test('whoever asked may take back what has not started', async () => {
  const body = { ...own, version: 'mine' };
  const { json } = await rig.ask('POST', '/api/v1/releases', { token: tokens.deploy, body });
  const told = await rig.ask('POST', `/api/v1/releases/${json.release}/abort`, { token: tokens.deploy });

  expect(told.status).toBe(202);
});

test('an override needs its own permission', async () => {
  const body = { ...own, version: 'urgent-1', overriding: 'all', reason: 'urgent' };
  const told = await rig.ask('POST', '/api/v1/releases', { token: tokens.deploy, body });

  expect([told.status, told.json.error.code]).toEqual([403, 'not-entitled']);
});
