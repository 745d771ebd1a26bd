import type { Verb } from '../release/command.ts';
import { rows } from '../release/grammar-table.ts';

/**
 * The app package's manifest.json. 1.25 is the first version with `supportsChannelFeatures`, without which an app of
 * `team` scope cannot be in private and shared channels; from there on Teams refuses such an app that does not say it.
 * Source: developer.microsoft.com/json-schemas/teams/v1.25/MicrosoftTeams.schema.json
 */
const version = '1.25';

/** What the menu says of a command; what follows the colon is something that can be typed. */
const says = {
  deploy: 'Roll a version out: deploy payments 2.4.1 to prod',
  rollback: 'Put the version before back, or a named one: roll back payments in prod to 2.4.0',
  status: 'What runs where, and what is under way: status payments in prod',
  history: 'The last releases: history payments in prod',
  diff: 'What a version would change: diff payments in prod 2.4.1',
  plan: 'What a deploy would do, without doing it: plan deploy payments 2.4.1 to prod',
  why: 'Why a release went as it did: why payments-7f3',
  approve: 'Say yes to a release of somebody else: approve payments-7f3',
  pause: 'Stop after the step under way: pause payments in prod',
  abort: 'Return from a release that is not finished: abort payments in prod',
  lock: 'Keep everybody from releasing it: lock payments in prod because database move',
  doctor: 'What the bot cannot do here, and how to mend it: doctor',
  help: 'Every command, or one: help deploy',
} satisfies Partial<Record<Verb, string>>;
type Listed = keyof typeof says;

/** Where people release together. Teams shows ten at most. */
const shared: Listed[] = [
  'deploy',
  'rollback',
  'status',
  'history',
  'why',
  'approve',
  'pause',
  'abort',
  'lock',
  'help',
];
/** Where one person asks. */
const alone: Listed[] = ['status', 'history', 'why', 'diff', 'plan', 'deploy', 'rollback', 'approve', 'doctor', 'help'];

const titleOf = (verb: Listed): string => rows.find((row) => row.verb === verb)!.says[0]!;
const commandList = (scope: string, listed: Listed[]) => ({
  scopes: [scope],
  commands: listed.map((verb) => ({ title: titleOf(verb), description: says[verb] })),
});

/** Shown beside the app where no host of the operator's own is named: the terms under which it is given. */
const licence = 'https://www.apache.org/licenses/LICENSE-2.0';

export interface AppPackage {
  /** Application (client) id of the app registration, which is also the bot's. */
  appId: string;
  /** Of the package; Teams takes an update only when it is higher. */
  version: string;
  /** Host of the messaging endpoint. */
  domain?: string;
}

/** What Teams reads about the app: one bot, heard where it is mentioned, without a permission of its own. */
export function appManifest({ appId, version: packageVersion, domain }: AppPackage): object {
  const page = domain ? `https://${domain}/docs` : licence;
  return {
    $schema: `https://developer.microsoft.com/json-schemas/teams/v${version}/MicrosoftTeams.schema.json`,
    manifestVersion: version,
    version: packageVersion,
    id: appId,
    developer: { name: 'Release Engineer', websiteUrl: page, privacyUrl: page, termsOfUseUrl: licence },
    name: { short: 'Release Engineer', full: 'Release Engineer' },
    description: {
      short: 'Deploys from chat, and puts the old version back when the new one is bad.',
      full: 'Plans a release, collects its approvals, rolls it out on Kubernetes and watches it. If the new version is bad, the old one is back within seconds, with the exit code and the log line in the thread.\n\nMention it in a channel: deploy payments 2.4.1 to prod. One card moves with the release; everybody who may can approve, pause, abort or roll back with its buttons.',
    },
    icons: { color: 'color.png', outline: 'outline.png' },
    accentColor: '#1a1d21',
    defaultInstallScope: 'team',
    supportsChannelFeatures: 'tier1',
    bots: [
      {
        botId: appId,
        scopes: ['team', 'groupChat', 'personal'],
        supportsFiles: false,
        isNotificationOnly: false,
        commandLists: [commandList('team', shared), commandList('groupChat', shared), commandList('personal', alone)],
      },
    ],
    validDomains: domain ? [domain] : [],
  };
}
