import { slackApp } from '../../adapters/slack/app.ts';
import { slackChat } from '../../adapters/slack/chat.ts';
import { slackIdentity } from '../../adapters/slack/identity.ts';
import { type Installation, slackWeb, type Web } from '../../adapters/slack/web.ts';
import type { SlackSettings } from '../config/settings.ts';
import { TerminalError } from '../errors.ts';
import type { Log } from '../ports.ts';
import { choicesOf, type Platform, type Trouble, troubleOf } from './platform.ts';

export function openSlack(settings: SlackSettings, log: Log): Platform {
  const { apiUrl, mode } = settings;
  const botToken = settings.botToken.reveal();
  const web = slackWeb({ botToken, apiUrl, log });
  const identity = slackIdentity(web, Date.now, log);
  const way =
    'http' in mode ? { signingSecret: mode.http.signingSecret.reveal() } : { appToken: mode.socket.appToken.reveal() };
  return {
    surface: 'slack',
    name: 'Slack',
    path: '/slack/events',
    chat: slackChat(web),
    identity,
    check: () => troubleOf('SLACK_BOT_TOKEN', async () => notAllowed(settings, await web.installation())),
    hear: (world, ask) =>
      slackApp({
        ...way,
        botToken,
        apiUrl,
        web: onlyAllowed(settings, web),
        log,
        identity,
        now: Date.now,
        once: (key, ttlMs) => world.ledger.once(key, ttlMs),
        handle: ask,
        choices: choicesOf(world),
      }),
  };
}

/**
 * Payloads are held against this installation: while it is one that the settings do not allow, none is taken. Slack may
 * not have answered when the process started, so this is asked at the door.
 */
const onlyAllowed = (settings: SlackSettings, web: Web): Web => ({
  ...web,
  async installation() {
    const us = await web.installation();
    const trouble = notAllowed(settings, us);
    if (trouble) throw new TerminalError('misconfigured', trouble.why, trouble.fix);
    return us;
  },
});

/** The token must belong to the workspace and the app that the settings allow, where they name them. */
function notAllowed({ teamIds, appId }: SlackSettings, us: Installation): Trouble | undefined {
  const team = teamIds.length === 0 || [us.team, us.enterprise].some((id) => id !== undefined && teamIds.includes(id));
  if (!team)
    return {
      why: `SLACK_BOT_TOKEN belongs to the workspace ${us.team}, which SLACK_TEAM_IDS does not name`,
      fix: 'Add it, or use the token of another installation.',
      forbidden: true,
    };
  if (appId === undefined || appId === us.app) return undefined;
  return {
    why: `SLACK_BOT_TOKEN belongs to the app ${us.app}; SLACK_APP_ID names ${appId}`,
    fix: 'Use the token of that app, or name this one.',
    forbidden: true,
  };
}
