import { webApi } from '@slack/bolt';
import type { Log } from '../../src/ports.ts';
import { failureOf } from './failures.ts';
import type { Method } from './scopes.ts';
import { sdkLogger } from './sdk-logger.ts';

/** What Slack answers, for the methods whose answer we read. */
interface Answers {
  'auth.test': webApi.AuthTestResponse;
  'bots.info': webApi.BotsInfoResponse;
  'chat.postMessage': webApi.ChatPostMessageResponse;
  'conversations.history': webApi.ConversationsHistoryResponse;
  'conversations.replies': webApi.ConversationsRepliesResponse;
  'usergroups.list': webApi.UsergroupsListResponse;
  'users.info': webApi.UsersInfoResponse;
}

/** Who and where we are: what comes from any other workspace or app is not for us. */
export interface Installation {
  team: string;
  /** Set when the app is installed for a whole Enterprise organisation: any workspace of it is ours. */
  enterprise?: string;
  app: string;
  botUser: string;
  bot: string;
}

/** The one way to Slack's Web API. */
export interface Web {
  /** Calls once, for at most 10 s: waiting and trying again belong to the caller. Throws Transient- and TerminalError. */
  call<M extends Method>(
    method: M,
    args: Record<string, unknown>,
  ): Promise<M extends keyof Answers ? Answers[M] : unknown>;
  /** Asked once and kept. Throws TransientError while Slack does not answer. */
  installation(): Promise<Installation>;
}

export interface WebOptions {
  botToken: string;
  /** Slack's own unless given. */
  apiUrl?: string;
  log: Log;
}

export const slackWeb = ({ botToken, apiUrl, log }: WebOptions): Web => {
  const client = new webApi.WebClient(botToken, {
    ...(apiUrl ? { slackApiUrl: apiUrl } : {}),
    logger: sdkLogger(log),
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: 10_000,
    allowAbsoluteUrls: false,
  });
  const call: Web['call'] = async (method, args) => {
    try {
      // The SDK types its answers by method name only on its own method tree; this is the same table.
      return (await client.apiCall(method, args)) as never;
    } catch (error) {
      throw failureOf(method, error);
    }
  };
  return { call, installation: remembered(() => whoWeAre(call)) };
};

const whoWeAre = async (call: Web['call']): Promise<Installation> => {
  const us = await call('auth.test', {});
  const { bot } = await call('bots.info', { bot: us.bot_id });
  return {
    team: us.team_id ?? '',
    ...(us.is_enterprise_install ? { enterprise: us.enterprise_id } : {}),
    app: bot?.app_id ?? '',
    botUser: us.user_id ?? '',
    bot: us.bot_id ?? '',
  };
};

/** The first success is kept; a failure is not, so that the next one asks again. */
const remembered = <T>(ask: () => Promise<T>): (() => Promise<T>) => {
  let known: Promise<T> | undefined;
  return () => {
    known ??= ask().catch((error: unknown) => {
      known = undefined;
      throw error;
    });
    return known;
  };
};
