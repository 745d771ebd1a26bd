import { beforeAll, describe, expect, test } from 'vitest';
import { startTeams, type Teams, type TeamsOptions } from '../servers/teams/teams.ts';
import { atEnd } from './at-end.ts';
import { type Lab, openLab, type Raw } from './lab.ts';
import { type Bot, startBot } from './process.ts';

/** Real processes that know Microsoft Teams and nothing of Slack. */

const prod = '19:prod@thread.tacv2';
const noSlack = { SLACK_API_URL: '', SLACK_BOT_TOKEN: '', SLACK_SIGNING_SECRET: '' };

const teamsWith = async (options: TeamsOptions = {}): Promise<Teams> => {
  const users = [{ name: 'ann' }, { name: 'bob' }, { name: 'gus', userType: 'Guest' as const }];
  const teams = await startTeams({ users, channels: [{ id: prod, name: 'prod' }], ...options });
  atEnd(() => teams.close());
  return teams;
};

const cannot = 'Microsoft Teams cannot be used; releases go on without it';

const inTeams = (raw: Raw): void => {
  raw.environments.prod = { places: [{ cluster: 'eu', namespace: 'prod' }], announce: { teams: prod } };
};

/** Starts with these settings and says how it ended. */
const refusal = async (env: Record<string, string>) => {
  const bot = startBot({ env });
  return { code: await bot.ended, said: bot.said() };
};

describe('a release asked for in Teams', () => {
  let lab: Lab;
  let teams: Teams;
  let gateway: Bot & { at: string };
  let worker: Bot & { at: string };

  const cards = () => teams.messages('prod').filter((it) => it.fromApp && !it.thread);
  const shows = (words: RegExp) =>
    teams.until(() => cards().find((card) => words.test(teams.wording(card))), {
      within: 30_000,
      what: `a card with ${words}`,
    });

  beforeAll(async () => {
    [lab, teams] = await Promise.all([openLab(), teamsWith()]);
    await lab.catalog(inTeams);
    const env = { ...noSlack, ...teams.settings };
    [gateway, worker] = await Promise.all([
      lab.start({ ...env, ROLE: 'gateway' }),
      lab.start({ ...env, ROLE: 'worker' }),
    ]);
    teams.deliverTo(`${gateway.at}/api/messages`);
  });

  test('is heard by the gateway, carried out by the worker, and shown by it in the channel', async () => {
    const heard = await teams.as('ann').mention('prod', 'deploy payments 2.4.1 to prod');
    expect(heard).toMatchObject({ outcome: 'acknowledged' });
    const card = await shows(/SUCCEEDED\nserving 2\.4\.1/);
    expect(card.versions.length).toBeGreaterThan(1);
    expect(gateway.lines().map(({ msg }) => msg)).toContain('a command was handled');
    expect(worker.lines().map(({ msg }) => msg)).not.toContain('a command was handled');
    expect([teams.refusals(), teams.warnings]).toEqual([[], []]);
  });

  test('is refused for a guest, who alone is told so', async () => {
    await teams.as('gus').mention('prod', 'deploy payments 2.4.2 to prod');
    const [told] = await teams.until(() => teams.as('gus').reads().length > 0 && teams.as('gus').reads(), {
      what: 'an answer',
    });
    expect(told?.words).toMatch(/Guests of this organisation do not release/);
  });

  test('is not heard from whoever cannot prove to be the Connector, or speaks for another organisation', async () => {
    const before = teams.count('getUser');
    const forged = await teams.as('bob').mention('prod', 'deploy payments 2.4.2 to prod', { token: 'wrong-key' });
    expect(forged).toMatchObject({ outcome: 'refused', status: 401 });
    const foreign = await teams.as('bob').mention('prod', 'deploy payments 2.4.2 to prod', {
      tenant: '00000000-0000-4000-8000-0000000000ee',
    });
    expect(foreign).toMatchObject({ outcome: 'refused', status: 403 });
    expect(teams.count('getUser')).toBe(before);
    expect(gateway.said()).not.toMatch(/BEGIN RSA|JsonWebTokenError/);
  });

  test('is not heard by the worker', async () => {
    const answer = await fetch(`${worker.at}/api/messages`, { method: 'POST', body: '{}' });
    expect(answer.status).toBe(404);
  });
});

describe.concurrent('the app of Microsoft Teams', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await openLab();
    await lab.catalog(inTeams);
  });
  const envOf = (teams: Teams, more: Record<string, string> = {}) => ({
    ...lab.env(),
    ...noSlack,
    ROLE: 'gateway',
    ...teams.settings,
    ...more,
  });

  test('with a wrong secret keeps a process that could hear nobody else from starting, and says what to mend', async () => {
    const teams = await teamsWith();
    const { code, said } = await refusal(envOf(teams, { MICROSOFT_APP_PASSWORD: 'planted-secret' }));
    expect(code).toBe(1);
    expect(said).toMatch(
      /Microsoft Teams cannot be used: Entra does not accept the app \(AADSTS7000215\)\. .*MICROSOFT_APP_PASSWORD/,
    );
    expect(said).not.toContain('planted');
  });

  test('with a secret that has ended does not keep a worker from starting', async () => {
    const teams = await teamsWith();
    const bot = startBot({ env: envOf(teams, { ROLE: 'worker', MICROSOFT_APP_PASSWORD: 'planted-secret' }) });
    await bot.url();
    expect(await bot.logs(cannot)).toMatchObject({
      level: 50,
      why: expect.stringContaining('AADSTS7000215'),
      fix: expect.stringContaining('MICROSOFT_APP_PASSWORD'),
    });
    expect(bot.said()).not.toContain('planted');
  });

  test('with a secret that has ended leaves Slack as it is, where doctor and status tell it', async () => {
    const [both, teams] = await Promise.all([openLab(), teamsWith()]);
    const bot = await both.start({ ...teams.settings, MICROSOFT_APP_PASSWORD: 'planted-secret' });
    await bot.logs(cannot);
    const doctor = await both.types('ann', 'doctor');
    expect(doctor).toMatch(/OK chat: slack/);
    expect(doctor).toMatch(/FAIL chat teams: Microsoft Teams cannot be used: .*AADSTS7000215.*MICROSOFT_APP_PASSWORD/);
    expect(await both.types('ann', 'status')).toMatch(/teams\. Operators read why with/);
    await both.shows(await both.deploys('ann', 'deploy payments 2.4.1 to prod'), /SUCCEEDED/);
    expect(bot.said()).not.toContain('planted');

    await both.start({ ...teams.settings });
    expect(await both.types('ann', 'doctor')).toMatch(/OK chat: slack, teams/);
  });

  test('cannot be checked while Entra is away: the process starts, and asks again', async () => {
    const teams = await teamsWith();
    teams.inject('token', { kind: 'status', status: 503 }, 1);
    const bot = startBot({ env: envOf(teams) });
    await bot.url();
    await bot.logs(/^Microsoft Teams does not answer/);
    const before = teams.count('token');
    await teams.until(() => teams.count('token') > before, { within: 12_000, what: 'the app to be checked again' });
    expect(bot.isAlive()).toBe(true);
  });

  test('that turns out to be wrong once the process runs ends nothing, and the log says what to mend', async () => {
    const teams = await teamsWith();
    teams.inject('token', { kind: 'status', status: 503 }, 1);
    const bot = startBot({ env: envOf(teams, { ROLE: 'worker', MICROSOFT_APP_PASSWORD: 'planted-secret' }) });
    await bot.url();
    expect(await bot.logs(cannot)).toMatchObject({ why: expect.stringContaining('AADSTS7000215') });
    expect(bot.isAlive()).toBe(true);
  });

  test('may be missing in development, which is said; never where others can ask', async () => {
    const teams = await teamsWith({ app: { id: '' } });
    const env = envOf(teams, { MICROSOFT_TENANT_IDS: teams.organization.app.tenant });
    const bot = startBot({ env });
    await bot.logs(/^Microsoft Teams is open to everybody on this machine/);
    const { code, said } = await refusal({ ...env, HOST: '0.0.0.0' });
    expect([code, said]).toEqual([1, expect.stringMatching(/MICROSOFT_APP_UNAUTHENTICATED: would let anybody/)]);
  });

  test('is the only reason to load its SDK', async () => {
    const tellLoads = `import { registerHooks } from 'node:module';
registerHooks({
  load(url, context, next) {
    if (/node_modules\\/(?:botbuilder|@azure)/.test(url)) process.stderr.write('LOADED the SDK\\n');
    return next(url, context);
  },
});`;
    const node = ['--import', `data:text/javascript,${encodeURIComponent(tellLoads)}`];
    const without = startBot({ env: { ...lab.env(), ...noSlack, ROLE: 'gateway' }, node });
    const teams = await teamsWith();
    const within = startBot({ env: envOf(teams), node });
    await Promise.all([without.url(), within.url()]);
    expect([without.said().includes('LOADED'), within.said().includes('LOADED')]).toEqual([false, true]);
  });
});
