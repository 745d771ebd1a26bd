import { Redis } from 'ioredis';
import { beforeAll, expect, test } from 'vitest';
import { redisLedger } from '../../adapters/redis/ledger.ts';
import type { AuditRow } from '../../src/ports.ts';
import type { SlackMessage } from '../servers/slack/messages.ts';
import { buttons as slackButtons } from '../servers/slack/messages.ts';
import type { TeamsMessage } from '../servers/teams/messages.ts';
import { startTeams, type Teams } from '../servers/teams/teams.ts';
import { atEnd } from './at-end.ts';
import { type Lab, openLab, threadOf } from './lab.ts';
import type { Bot } from './process.ts';

/** One release in Slack and in Teams at once, by real processes that are killed in between. */

const teamsChannel = '19:prod@thread.tacv2';
let lab: Lab;
let teams: Teams;
let gateway: Bot;
let worker: Bot;

const start = async (role: 'gateway' | 'worker'): Promise<Bot> => {
  const bot = await lab.start({ ...teams.settings, ROLE: role });
  if (role === 'gateway') teams.deliverTo(`${bot.at}/api/messages`);
  return bot;
};

/** As a lost node would: nothing is written down any more. Another one is started by its supervisor. */
async function killed(bot: Bot, role: 'gateway' | 'worker'): Promise<Bot> {
  bot.signal('SIGKILL');
  await bot.ended;
  return start(role);
}

beforeAll(async () => {
  lab = await openLab();
  const people = ['ann', 'bob'].map((name) => ({ id: `29:${name}`, name, email: `${name}@example.com` }));
  teams = await startTeams({ users: people, channels: [{ id: teamsChannel, name: 'Prod' }] });
  atEnd(() => teams.close());
  await lab.catalog((raw) => {
    Object.assign(raw.environments.prod!, {
      approvals: { required: 1, from: ['engineers'] },
      announce: { slack: 'C0PROD', teams: teamsChannel },
    });
  });
  [gateway, worker] = await Promise.all([start('gateway'), start('worker')]);
  // The gateway hears where the team is served; the worker, which posts the cards, never talks to anybody.
  await teams.install(teamsChannel, 'ann');
}, 60_000);

const cardInTeams = (release: string): TeamsMessage | undefined =>
  teams
    .messages(teamsChannel)
    .findLast((message) => message.fromApp && !message.thread && teams.wording(message).includes(release));

const shownInTeams = (release: string, state: RegExp): Promise<TeamsMessage> =>
  teams.until(
    () => {
      const card = cardInTeams(release);
      return card && state.test(teams.wording(card)) ? card : undefined;
    },
    { within: 30_000, what: `${release} to show ${state} in Teams` },
  );

const threadInTeams = (release: string): string =>
  teams
    .messages(teamsChannel)
    .filter(({ thread }) => thread !== undefined && thread === cardInTeams(release)?.id)
    .map(teams.wording)
    .join('\n');

async function audit(): Promise<AuditRow[]> {
  const client = new Redis(lab.redis.url);
  const rows = await redisLedger(client).audit(200);
  client.disconnect();
  return rows;
}

/** Presses Approve on the card in Slack. */
async function approveInSlack(person: string, card: SlackMessage) {
  const { actionId } = slackButtons(card).find(({ label }) => label === 'Approve')!;
  return lab.slack.as(person).click(card, actionId, { confirm: true });
}

test('asked for in Slack, approved in Teams, with gateway and worker killed in between', {
  timeout: 90_000,
}, async () => {
  const id = await lab.deploys('ann', 'deploy payments 2.4.1 to prod because the tax rate changes');
  await lab.shows(id, /AWAITING APPROVAL/);
  const card = await shownInTeams(id, /AWAITING APPROVAL/);
  gateway = await killed(gateway, 'gateway');

  const own = await teams.as('ann').click(card, 'Approve', { confirm: true });
  expect(own).toMatchObject({ outcome: 'answered', says: expect.stringContaining('somebody else must approve it') });
  const pressed = await teams.as('bob').click(card, 'Approve', { confirm: true });
  expect(pressed).toMatchObject({ outcome: 'answered', deliveries: 1 });
  worker = await killed(worker, 'worker');

  expect(await lab.shows(id, /SUCCEEDED/)).toContain('serving 2.4.1, healthy');
  const done = await shownInTeams(id, /SUCCEEDED/);
  expect(teams.wording(done)).toContain('serving 2.4.1, healthy');
  expect(teams.wording(done)).toMatch(/by bob/i);
  expect(teams.buttons(done).map(({ label }) => label)).toContain('Roll back to 2.4.0');
  expect((await audit()).find(({ action, subject }) => action === 'approved' && subject === id)).toMatchObject({
    actor: 'bob@example.com',
  });
});

test('asked for in Teams, approved in Slack: the bad version is rolled back, and both say why', {
  timeout: 90_000,
}, async () => {
  const asked = await teams.as('ann').mention(teamsChannel, 'deploy payments 2.5.0-crash to prod');
  expect(asked).toMatchObject({ outcome: 'acknowledged' });
  const accepted = /Accepted as (payments-[a-z0-9]+): deploy 2\.5\.0-crash/;
  const told = () =>
    teams
      .as('ann')
      .reads()
      .flatMap(({ words }) => accepted.exec(words)?.[1] ?? [])[0];
  const id = await teams.until(told, { within: 10_000, what: 'the answer to ann' });
  await lab.shows(id, /AWAITING APPROVAL/);

  expect(await approveInSlack('bob', lab.card(id)!)).toMatchObject({ outcome: 'acknowledged' });
  await shownInTeams(id, /DEPLOYING|ROLLING BACK|ROLLED BACK/);
  worker = await killed(worker, 'worker');

  expect(await lab.shows(id, /ROLLED BACK/)).toMatch(/serving 2\.4\.1, healthy · cause: .*exit/);
  const card = await shownInTeams(id, /ROLLED BACK/);
  expect(teams.wording(card)).toMatch(/exits? with code/);
  await teams.until(() => /Evidence/.test(threadInTeams(id)), { within: 30_000, what: 'the evidence in Teams' });
  await lab.slack.until(() => /Evidence/.test(threadOf(lab, id).join('\n')), {
    within: 30_000,
    what: 'the evidence in Slack',
  });
  // Failure and rollback also stand in the channel itself, where everybody sees them.
  expect(teams.messages(teamsChannel).filter(({ thread, fromApp }) => fromApp && !thread).length).toBeGreaterThan(2);
});

test('nobody counts twice: the same person through the other platform is told so', { timeout: 60_000 }, async () => {
  await lab.catalog((raw) => {
    Object.assign(raw.environments.prod!, {
      approvals: { required: 2, from: ['engineers'] },
      announce: { slack: 'C0PROD', teams: teamsChannel },
    });
  });
  const followed = (bot: Bot) => bot.logs(/catalog/i);
  await Promise.all([followed(gateway), followed(worker)]);
  const id = await lab.deploys('ann', 'deploy payments 2.4.2 to prod');
  const card = await shownInTeams(id, /AWAITING APPROVAL/);
  expect(await teams.as('bob').click(card, 'Approve', { confirm: true })).toMatchObject({ outcome: 'answered' });
  await lab.shows(id, /AWAITING APPROVAL/);

  await approveInSlack('bob', lab.card(id)!);
  await lab.slack.until(
    () =>
      lab.slack
        .as('bob')
        .sees('C0PROD')
        .some(({ text }) => /approved already|already approved|was approved already/.test(text)),
    {
      what: 'bob to hear that he has approved already',
    },
  );
  const rejected = await teams.as('ann').click(await shownInTeams(id, /yes from/i), 'Reject', {
    inputs: { reason: 'enough for today' },
  });
  expect(rejected).toMatchObject({ outcome: 'answered' });
  expect(await lab.shows(id, /REJECTED/)).toContain('REJECTED');
  await shownInTeams(id, /REJECTED/);
});

test('neither platform had anything to refuse', () => {
  expect(lab.slack.refusals()).toEqual([]);
  expect(teams.refusals()).toEqual([]);
  expect(teams.warnings).toEqual([]);
});
