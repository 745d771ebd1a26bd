import { describe, expect, it } from 'vitest';
import { admit } from '../../../adapters/slack/admission.ts';
import type { Installation } from '../../../adapters/slack/web.ts';

const us: Installation = { team: 'T1', app: 'A1', bot: 'B1', botUser: 'U1' };
const organisation: Installation = { ...us, enterprise: 'E1' };

describe('which payloads are for us', () => {
  it.each([
    ['a command', { api_app_id: 'A1', team_id: 'T1', command: '/release' }],
    ['a press', { api_app_id: 'A1', team: { id: 'T1' }, enterprise: null }],
    ['an event of a shared channel', { api_app_id: 'A1', team_id: 'T2', context_team_id: 'T1', event: {} }],
    ['an event granted to us', { api_app_id: 'A1', team_id: 'T2', authorizations: [{ team_id: 'T1' }], event: {} }],
  ])('%s of our workspace', (_what, body) => expect(admit(body, us)).toBe('ours'));

  it.each([
    ['another workspace', { api_app_id: 'A1', team_id: 'T2' }],
    ['another app', { api_app_id: 'A2', team_id: 'T1' }],
    ['no workspace', { api_app_id: 'A1' }],
    ['no app', { team_id: 'T1' }],
    ['nothing', {}],
    ['no object', 'payload'],
    ['fields of another kind', { api_app_id: 'A1', team_id: ['T1'] }],
    ['an organisation that we are not installed for', { api_app_id: 'A1', team_id: 'T2', enterprise_id: 'E1' }],
  ])('not of %s', (_what, body) => expect(admit(body, us)).toBe('foreign'));

  it.each([
    [{ api_app_id: 'A1', team_id: 'T2', enterprise_id: 'E1' }],
    [{ api_app_id: 'A1', team: null, enterprise: { id: 'E1' } }],
    [{ api_app_id: 'A1', team_id: 'T2', authorizations: [{ team_id: null, enterprise_id: 'E1' }], event: {} }],
  ])('any workspace of the organisation that we are installed for: %j', (body) => {
    expect(admit(body, organisation)).toBe('ours');
    expect(admit({ ...body, enterprise_id: 'E2', enterprise: { id: 'E2' }, authorizations: [] }, organisation)).toBe(
      'foreign',
    );
  });

  it('not what bots say', () => {
    expect(admit({ api_app_id: 'A1', team_id: 'T1', event: { bot_id: 'B9' } }, us)).toBe('bot');
    expect(admit({ api_app_id: 'A1', team_id: 'T1', event: { subtype: 'bot_message' } }, us)).toBe('bot');
  });
});
