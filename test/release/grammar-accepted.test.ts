import { describe, expect, test } from 'vitest';
import type { Command } from '../../src/release/command.ts';
import { parse } from '../../src/release/grammar.ts';
import { words } from './grammar-words.ts';

const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;
const prod = { service: 'payments', environment: 'prod' };
const deploy = (more: object = {}, version = '2.4.1'): Command => ({ verb: 'deploy', target: prod, version, ...more });
const rollback = (more: object = {}): Command => ({ verb: 'rollback', target: prod, ...more });
const on = { release: 'payments-7f3' };

const accepted: [string, Command][] = [
  ['', { verb: 'form' }],
  ['   ', { verb: 'form' }],
  ['\u200b\u00a0', { verb: 'form' }],

  ['deploy payments 2.4.1 to prod', deploy()],
  ['DEPLOY Payments 2.4.1 TO Production', deploy()],
  ['deploy pay 2.4.1 to prd', deploy()],
  ['  deploy   payments  2.4.1\tto prod  ', deploy()],
  ['deploy payments v2.4.1 to prod', deploy({}, 'v2.4.1')],
  ['deploy payments 2.4 to prod', deploy({}, '2.4')],
  ['deploy payments 10.11.12 to prod', deploy({}, '10.11.12')],
  ['deploy payments 1.12.2026 to prod', deploy({}, '1.12.2026')],
  ['deploy payments deadbee to prod', deploy({}, 'deadbee')],
  ['deploy payments latest to prod', deploy({}, 'latest')],
  ['deploy payments RC_1-x to prod', deploy({}, 'RC_1-x')],
  [`deploy payments ${digest} to prod`, deploy({}, digest)],
  [`deploy payments ${'9'.repeat(128)} to prod`, deploy({}, '9'.repeat(128))],
  ['deploy payments __proto__ to prod', deploy({}, '__proto__')],
  ['deploy __proto__ 1 to prod', deploy({ target: { service: '__proto__', environment: 'prod' } }, '1')],
  ['deploy constructor 1 to stg', deploy({ target: { service: 'constructor', environment: 'staging' } }, '1')],
  ['deploy tostring 1 to stg', deploy({ target: { service: 'constructor', environment: 'staging' } }, '1')],
  ['deploy staging-api 1 to staging', deploy({ target: { service: 'staging-api', environment: 'staging' } }, '1')],
  ['deploy deploy 1 to prod', deploy({ target: { service: 'deploy', environment: 'prod' } }, '1')],
  ['deploy to 1 to prod', deploy({ target: { service: 'to', environment: 'prod' } }, '1')],
  ['deploy payments 2.4.1 to prod with canary', deploy({ strategy: 'canary' })],
  ['deploy payments 2.4.1 to prod with Blue-Green', deploy({ strategy: 'blue-green' })],
  ['deploy payments 2.4.1 to prod with blue\u2011green', deploy({ strategy: 'blue-green' })],
  ['deploy payments 2.4.1 to prod with rolling', deploy({ strategy: 'rolling' })],
  ['deploy payments 2.4.1 to prod with recreate', deploy({ strategy: 'recreate' })],
  ['deploy payments 2.4.1 to prod at 14:30', deploy({ at: '14:30' })],
  ['deploy payments 2.4.1 to prod at tomorrow 9am Europe/Berlin', deploy({ at: 'tomorrow 9am Europe/Berlin' })],
  ['deploy payments 2.4.1 to prod at 2026-12-01T09:00:00+01:00', deploy({ at: '2026-12-01T09:00:00+01:00' })],
  ['deploy payments 2.4.1 to prod at Monday 9:00 with canary', deploy({ at: 'Monday 9:00', strategy: 'canary' })],
  ['deploy payments 2.4.1 to prod with canary at Monday 9:00', deploy({ at: 'Monday 9:00', strategy: 'canary' })],
  ['deploy payments 2.4.1 to prod overriding all', deploy({ overriding: 'all' })],
  ['deploy payments 2.4.1 to prod overriding ALL because x', deploy({ overriding: 'all', reason: 'x' })],
  ['deploy payments 2.4.1 to prod overriding freeze', deploy({ overriding: ['freeze'] })],
  ['deploy payments 2.4.1 to prod overriding freeze,lock', deploy({ overriding: ['freeze', 'lock'] })],
  ['deploy payments 2.4.1 to prod overriding lock, freeze', deploy({ overriding: ['lock', 'freeze'] })],
  ['deploy payments 2.4.1 to prod overriding approval,return', deploy({ overriding: ['approval', 'return'] })],
  [
    'deploy payments 2.4.1 to prod overriding quarantine with rolling',
    deploy({ overriding: ['quarantine'], strategy: 'rolling' }),
  ],
  [
    'deploy payments 2.4.1 to prod overriding order at 9:00 with canary because a with b at c',
    deploy({ overriding: ['order'], at: '9:00', strategy: 'canary', reason: 'a with b at c' }),
  ],
  ['deploy payments 2.4.1 to prod because why not?', deploy({ reason: 'why not?' })],
  ['deploy payments 2.4.1 to prod because "hot fix"', deploy({ reason: 'hot fix' })],
  ['deploy payments 2.4.1 to prod because \u201chot fix\u201d', deploy({ reason: 'hot fix' })],
  ['deploy payments 2.4.1 to prod because he said "go" and "now"', deploy({ reason: 'he said "go" and "now"' })],
  ['deploy payments 2.4.1 to prod because it\u2019s on fire', deploy({ reason: "it's on fire" })],
  ['deploy payments 2.4.1 to prod because \u202egnol\u202c x\u0007', deploy({ reason: 'gnol x' })],
  [`deploy payments 2.4.1 to prod because ${'x'.repeat(500)}`, deploy({ reason: 'x'.repeat(500) })],
  [
    'deploy payments 2.4.1 to prod because <https://t.example/INC-1|INC-1> <https://b.example/x|the ticket>',
    deploy({ reason: 'https://t.example/INC-1 the ticket (https://b.example/x)' }),
  ],
  ['`deploy payments 2.4.1 to prod`', deploy()],
  ['```deploy payments 2.4.1 to prod```', deploy()],
  ['deploy `payments` `2.4.1` to `prod`', deploy()],
  ['deploy \u201cpayments\u201d 2.4.1 to \u2018prod\u2019', deploy()],
  ['deploy payments\u00a02.4.1 to\u202fprod', deploy()],
  ['deploy pay\u200bments 2.4.1 to prod\ufeff', deploy()],
  ['deploy payments <https://2.4.1|2.4.1> to prod', deploy()],
  ['deploy payments <http://2.4.1/> to prod', deploy()],
  ['deploy payments <mailto:v2@x.example|v2> to prod', deploy({}, 'v2')],
  ['deploy payments 2.4.1 to prod\n', deploy()],

  ['roll back payments in prod', rollback()],
  ['roll back payments prod', rollback()],
  ['rollback payments prod', rollback()],
  ['Rollback payments in PROD', rollback()],
  ['ROLL BACK pay in production', rollback()],
  ['roll back payments in prod to 2.4.0', rollback({ to: '2.4.0' })],
  ['roll back payments prod to 17', rollback({ to: '17' })],
  [`roll back payments prod to ${digest}`, rollback({ to: digest })],
  ['rollback payments prod to v2 because errors', rollback({ to: 'v2', reason: 'errors' })],
  ['roll back payments in prod because errors to 5%', rollback({ reason: 'errors to 5%' })],
  ['rollback rollback in prod', rollback({ target: { service: 'rollback', environment: 'prod' } })],
  [
    'roll back because in prod because x',
    rollback({ target: { service: 'because', environment: 'prod' }, reason: 'x' }),
  ],

  ['promote payments-7f3', { verb: 'promote', on }],
  ['promote payments in prod', { verb: 'promote', on: { target: prod } }],
  ['pause payments in prod', { verb: 'pause', on: { target: prod } }],
  ['pause payments prod', { verb: 'pause', on: { target: prod } }],
  ['pause payments-7f3', { verb: 'pause', on }],
  ['pause PAYMENTS-7F3 because odd', { verb: 'pause', on, reason: 'odd' }],
  ['pause `payments-7f3`', { verb: 'pause', on }],
  ['pause payments-bcd in prod', { verb: 'pause', on: { target: { service: 'payments-bcd', environment: 'prod' } } }],
  ['resume payments-7f3', { verb: 'resume', on }],
  ['resume payments in prod because fine', { verb: 'resume', on: { target: prod }, reason: 'fine' }],
  ['abort payments-7f3', { verb: 'abort', on }],
  ['abort gone-service-x2z9', { verb: 'abort', on: { release: 'gone-service-x2z9' } }],
  ['Abort pay prd', { verb: 'abort', on: { target: prod } }],
  ['hold payments-7f3 because wait', { verb: 'hold', on, reason: 'wait' }],
  ['hold payments in prod', { verb: 'hold', on: { target: prod } }],
  ['take over payments-7f3', { verb: 'take-over', on }],
  ['takeover payments in prod', { verb: 'take-over', on: { target: prod } }],
  ['Take Over payments prod because mine', { verb: 'take-over', on: { target: prod }, reason: 'mine' }],
  ['approve payments-7f3', { verb: 'approve', release: 'payments-7f3' }],
  ['approve payments-7f3 because looked', { verb: 'approve', release: 'payments-7f3', reason: 'looked' }],
  ['reject payments-7f3', { verb: 'reject', release: 'payments-7f3' }],
  ['reject payments-7f3 because no', { verb: 'reject', release: 'payments-7f3', reason: 'no' }],

  ['status', { verb: 'status' }],
  ['status payments', { verb: 'status', service: 'payments' }],
  ['status prod', { verb: 'status', environment: 'prod' }],
  ['status in prod', { verb: 'status', environment: 'prod' }],
  ['status pay prd', { verb: 'status', service: 'payments', environment: 'prod' }],
  ['status payments in prod', { verb: 'status', service: 'payments', environment: 'prod' }],
  ['status now', { verb: 'status', service: 'now' }],
  ['history payments', { verb: 'history', service: 'payments' }],
  ['history payments prod', { verb: 'history', service: 'payments', environment: 'prod' }],
  ['history payments in prod', { verb: 'history', service: 'payments', environment: 'prod' }],
  ['diff payments prod', { verb: 'diff', target: prod }],
  ['diff payments in prod 2.4.1', { verb: 'diff', target: prod, version: '2.4.1' }],
  ['plan payments 2.4.1 to prod', { verb: 'plan', deploy: deploy() as Command & { verb: 'deploy' } }],
  [
    'plan deploy payments 2.4.1 to prod with canary',
    { verb: 'plan', deploy: deploy({ strategy: 'canary' }) as Command & { verb: 'deploy' } },
  ],
  ['why payments-7f3', { verb: 'why', release: 'payments-7f3' }],

  ['freeze prod because sale', { verb: 'freeze', environment: 'prod', reason: 'sale' }],
  [
    'freeze prod until Monday 08:00 because until then',
    { verb: 'freeze', environment: 'prod', until: 'Monday 08:00', reason: 'until then' },
  ],
  ['unfreeze production', { verb: 'unfreeze', environment: 'prod' }],
  ['lock payments prod because move', { verb: 'lock', target: prod, reason: 'move' }],
  ['lock payments in prod because move', { verb: 'lock', target: prod, reason: 'move' }],
  ['unlock payments prod because done', { verb: 'unlock', target: prod, reason: 'done' }],
  [
    'release payments prod from quarantine because the node was sick',
    { verb: 'release-from-quarantine', target: prod, reason: 'the node was sick' },
  ],
  ['release pay in prd from quarantine because x', { verb: 'release-from-quarantine', target: prod, reason: 'x' }],
  ['doctor', { verb: 'doctor' }],
  ['help', { verb: 'help' }],
  ['HELP Deploy', { verb: 'help', about: 'deploy' }],
  ['help roll back', { verb: 'help', about: 'rollback' }],
  ['help rollback', { verb: 'help', about: 'rollback' }],
  ['help take over', { verb: 'help', about: 'take-over' }],
  ['help release', { verb: 'help', about: 'release-from-quarantine' }],
];

describe('lines that are commands', () => {
  test.each(accepted)('%j', (line, command) => {
    expect(parse(line, words)).toStrictEqual({ ok: true, command, canonical: expect.any(String) });
  });

  test.each([
    ['rollback pay prd to 17', 'roll back payments in prod to 17'],
    ['takeover PAYMENTS-7F3', 'take over payments-7f3'],
    ['status stg', 'status in staging'],
    [
      'deploy pay 2 to prd overriding lock, freeze at 9:00 with Canary because \u201cx\u201d',
      'deploy payments 2 to prod with canary at 9:00 overriding lock,freeze because x',
    ],
    ['plan pay 2 to prd', 'plan deploy payments 2 to prod'],
    ['help rollback', 'help roll back'],
    ['', ''],
  ])('%j is written in full as %j', (line, full) => {
    expect(parse(line, words)).toMatchObject({ ok: true, canonical: full });
  });
});
