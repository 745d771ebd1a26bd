/**
 * Every Web API method that we call and the scopes it needs: the one door to Slack (web.ts) takes no other name, and
 * test/manifest.test.ts holds manifest.yaml to this table.
 */
export const methodScopes = {
  'auth.test': [],
  'bots.info': ['users:read'],
  'chat.postMessage': ['chat:write'],
  'chat.postEphemeral': ['chat:write'],
  'chat.update': ['chat:write'],
  'conversations.history': ['channels:history', 'groups:history'],
  'conversations.replies': ['channels:history', 'groups:history'],
  'usergroups.list': ['usergroups:read'],
  'users.info': ['users:read', 'users:read.email'],
  'views.open': [],
} as const satisfies Record<string, readonly string[]>;

export type Method = keyof typeof methodScopes;

/** Scopes that an administrator may refuse: without them a card may be posted twice after an outage, nothing else. */
export const optionalScopes: readonly string[] = ['channels:history', 'groups:history'];

/** What we listen to, and the scope that Slack asks for it. */
export const eventScopes = { app_mention: 'app_mentions:read', 'message.im': 'im:history' } as const;
export const commandScope = 'commands';
