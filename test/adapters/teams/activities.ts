import { acme, ann, prod, type Somebody, serviceUrl, us } from './setup.ts';

/** Activities as the Connector sends them. */

let last = 0;
const newId = (): string => {
  last += 1;
  return `17000000${last}`;
};

const envelope = (from: Somebody) => ({ id: newId(), channelId: 'msteams', serviceUrl, from, recipient: us });

const inChannel = (thread: string) => ({
  conversation: {
    id: `${prod};messageid=${thread}`,
    conversationType: 'channel',
    isGroup: true,
    tenantId: acme,
  },
  channelData: { tenant: { id: acme }, team: { id: '19:team@thread.tacv2' }, channel: { id: prod } },
});

const alone = (from: Somebody) => ({
  conversation: { id: `a:${from.name}`, conversationType: 'personal', tenantId: acme },
  channelData: { tenant: { id: acme } },
});

export const inGroup = {
  conversation: { id: '19:group@thread.v2', conversationType: 'groupChat', isGroup: true, tenantId: acme },
  channelData: { tenant: { id: acme } },
};

export const called = { type: 'mention', text: `<at>${us.name}</at>`, mentioned: us };

/** `@Release Engineer text` in the channel, as the first message of a thread or (with `thread`) under it. */
export const mention = (text: string, { from = ann, thread = '1700' } = {}) => ({
  type: 'message',
  ...envelope(from),
  ...inChannel(thread),
  text: `<at>${us.name}</at> ${text}`,
  entities: [called, { type: 'clientInfo', locale: 'en-US' }],
});

/** To us alone. */
export const dm = (text: string, from: Somebody = ann) => ({
  type: 'message',
  ...envelope(from),
  ...alone(from),
  text,
});

/** A press on a card in the channel: what `Action.Execute` sends. */
export const press = (data: object, { from = ann, verb = 'approve', card = 'card-1' } = {}) => ({
  type: 'invoke',
  name: 'adaptiveCard/action',
  ...envelope(from),
  ...inChannel(card),
  replyToId: card,
  value: { action: { type: 'Action.Execute', verb, data }, trigger: 'manual' },
});

/** The same from a client that knows `Action.Submit` only. */
export const submit = (value: object, { from = ann, card = 'card-1' } = {}) => ({
  type: 'message',
  ...envelope(from),
  ...inChannel(card),
  replyToId: card,
  value,
});

export const added = (place: 'channel' | 'alone' = 'channel') => [
  { type: 'installationUpdate', ...envelope(ann), ...(place === 'alone' ? alone(ann) : inPlace), action: 'add' },
  {
    type: 'conversationUpdate',
    ...envelope(ann),
    ...(place === 'alone' ? alone(ann) : inPlace),
    membersAdded: [us],
  },
];

const inPlace = { ...inChannel('x'), conversation: { id: prod, conversationType: 'channel', isGroup: true } };
