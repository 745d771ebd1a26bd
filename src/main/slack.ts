import { slackApp } from '../../adapters/slack/app.ts';
import { slackChat } from '../../adapters/slack/chat.ts';
import { slackIdentity } from '../../adapters/slack/identity.ts';
import { type Installation, slackWeb, type Web } from '../../adapters/slack/web.ts';
import type { SlackSettings } from '../config/settings.ts';
import { TerminalError, TransientError } from '../errors.ts';
import type { Log } from '../ports.ts';
import { choicesOf, type Platform } from './platform.ts';

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
    check: () => checkInstallation(settings, web, log),
    hear: (world, ask) =>
      slackApp({
        ...way,
        botToken,
        apiUrl,
        web,
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
 * The token must be one, and belong to the workspace and the app that the settings allow, where they name them. A Slack
 * that does not answer keeps nobody from releasing: it is asked again until it does.
 *
 * @throws Error naming the setting and the fix
 */
async function checkInstallation(settings: SlackSettings, web: Web, log: Log): Promise<void> {
  try {
    judge(settings, await web.installation());
  } catch (err) {
    if (!(err instanceof TransientError)) throw sayWhy(err);
    log.warn({ err }, 'Slack does not answer, so its token could not be checked; asking again');
    setTimeout(() => void checkInstallation(settings, web, log), Math.max(err.retryAfterMs, leastPause)).unref();
  }
}

const leastPause = 5_000;

const sayWhy = (err: unknown): unknown =>
  err instanceof TerminalError ? new Error(`SLACK_BOT_TOKEN cannot be used: ${err.message}. ${err.hint}`) : err;

function judge({ teamIds, appId }: SlackSettings, us: Installation): void {
  const team = teamIds.length === 0 || [us.team, us.enterprise].some((id) => id !== undefined && teamIds.includes(id));
  if (!team)
    throw new Error(
      `SLACK_BOT_TOKEN belongs to the workspace ${us.team}, which SLACK_TEAM_IDS does not name. Add it, or use the token of another installation.`,
    );
  if (appId !== undefined && appId !== us.app)
    throw new Error(
      `SLACK_BOT_TOKEN belongs to the app ${us.app}; SLACK_APP_ID names ${appId}. Use the token of that app, or name this one.`,
    );
}
