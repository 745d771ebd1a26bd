import type { z } from 'zod';
import { type Problem, problem } from './problem.ts';
import { type Secret, secret } from './secrets.ts';
import { type TeamsSettings, teamsOf, teamsProblems } from './teams-settings.ts';
import { type Environment, saysYes, setting, variables } from './variables.ts';

/** What the process was started with. Secrets show themselves only by `reveal()`. */
export interface Settings {
  config: string;
  role: 'all' | 'gateway' | 'worker';
  http: { host: string; port: number; tls?: { certFile: string; keyFile: string } };
  logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';
  /** `durability`: what the operator of a Redis that hides its CONFIG says it does. */
  redis: { url: Secret; allowUnsafe: boolean; durability?: 'appendfsync-always' };
  slack?: SlackSettings;
  teams?: TeamsSettings;
  /** As kubectl reads it; absent: what the catalog says, or the ServiceAccount. */
  kubeconfig?: string;
  anthropic?: { apiKey: Secret; baseUrl?: string };
}

export interface SlackSettings {
  botToken: Secret;
  /** Over HTTP with a signing secret, or by Socket Mode with an app token. */
  mode: { http: { signingSecret: Secret } } | { socket: { appToken: Secret } };
  apiUrl: string;
  /** Workspaces and the app that may speak to us; empty and absent: whoever the token belongs to. */
  teamIds: string[];
  appId?: string;
}

type Read = z.infer<typeof variables>;

// An empty variable is what compose files make of an unset one; a line's end is what secret files bring along.
const withoutEmpty = (env: Environment): Environment =>
  Object.fromEntries(
    Object.entries(env)
      .map(([name, value]) => [name, value?.trim()])
      .filter(([, value]) => value),
  );

/** Variables that only make sense together. Runs on the raw ones, so that its problems come with all others. */
function togetherProblems(env: Environment): Problem[] {
  const has = (name: string) => env[name] !== undefined;
  const missing = (name: string, fix: string) => problem([name], 'is missing.', fix);
  const problems: Problem[] = [];
  if (has('TLS_CERT_FILE') !== has('TLS_KEY_FILE'))
    problems.push(
      missing(
        has('TLS_CERT_FILE') ? 'TLS_KEY_FILE' : 'TLS_CERT_FILE',
        'TLS needs both files; set it, or remove the other.',
      ),
    );
  const [signing, socket] = [has('SLACK_SIGNING_SECRET'), has('SLACK_APP_TOKEN')];
  const slack = ['SLACK_BOT_TOKEN', 'SLACK_SIGNING_SECRET', 'SLACK_APP_TOKEN', 'SLACK_TEAM_IDS', 'SLACK_APP_ID'].some(
    has,
  );
  if (slack && !has('SLACK_BOT_TOKEN'))
    problems.push(missing('SLACK_BOT_TOKEN', 'Copy the Bot User OAuth Token (xoxb-…) of the Slack app.'));
  if (slack && !signing && !socket)
    problems.push(
      missing('SLACK_SIGNING_SECRET', 'Set it to receive over HTTP, or set SLACK_APP_TOKEN for Socket Mode.'),
    );
  if (signing && socket)
    problems.push(
      problem(
        ['SLACK_APP_TOKEN'],
        'is set together with SLACK_SIGNING_SECRET.',
        'Keep one: the app token for Socket Mode, or the signing secret for HTTP.',
      ),
    );
  problems.push(...teamsProblems(env, saysYes(env.MICROSOFT_APP_UNAUTHENTICATED)));
  if (has('ANTHROPIC_BASE_URL') && !has('ANTHROPIC_API_KEY'))
    problems.push(missing('ANTHROPIC_API_KEY', 'Set it, or remove ANTHROPIC_BASE_URL.'));
  return problems;
}

function slackOf(read: Read): SlackSettings | undefined {
  if (!read.SLACK_BOT_TOKEN) return undefined;
  const mode = read.SLACK_APP_TOKEN
    ? { socket: { appToken: secret(read.SLACK_APP_TOKEN) } }
    : { http: { signingSecret: secret(read.SLACK_SIGNING_SECRET!) } };
  const { SLACK_API_URL: apiUrl, SLACK_TEAM_IDS: teamIds, SLACK_APP_ID: appId } = read;
  return { botToken: secret(read.SLACK_BOT_TOKEN), mode, apiUrl, teamIds, appId };
}

function settingsOf(read: Read): Settings {
  const { TLS_CERT_FILE: certFile, TLS_KEY_FILE: keyFile } = read;
  return {
    config: read.RELEASE_CONFIG,
    role: read.ROLE,
    http: { host: read.HOST, port: read.PORT, tls: certFile && keyFile ? { certFile, keyFile } : undefined },
    logLevel: read.LOG_LEVEL,
    redis: { url: secret(read.REDIS_URL), allowUnsafe: read.REDIS_ALLOW_UNSAFE, durability: read.REDIS_DURABILITY },
    slack: slackOf(read),
    teams: teamsOf(read),
    kubeconfig: read.KUBECONFIG,
    anthropic: read.ANTHROPIC_API_KEY
      ? { apiKey: secret(read.ANTHROPIC_API_KEY), baseUrl: read.ANTHROPIC_BASE_URL }
      : undefined,
  };
}

function valueProblem(issue: z.core.$ZodIssue, env: Environment): Problem {
  const name = String(issue.path[0]);
  const value = env[name] ?? '';
  const say = setting(name).secret
    ? `has a value of ${value.length} characters that cannot be right.`
    : `"${value.slice(0, 80)}" cannot be used here.`;
  return problem([name], say, issue.message);
}

/** Reads environment variables. @returns settings, or every problem at once. Values of secrets are never repeated. */
export function parseSettings(all: Environment): { ok: true; settings: Settings } | { ok: false; problems: Problem[] } {
  const env = withoutEmpty(all);
  const read = variables.safeParse(env);
  const wrong = read.success ? [] : read.error.issues.map((issue) => valueProblem(issue, env));
  const problems = [...wrong, ...togetherProblems(env)];
  return read.success && problems.length === 0
    ? { ok: true, settings: settingsOf(read.data) }
    : { ok: false, problems };
}
