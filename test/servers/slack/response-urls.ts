import { slackError } from './errors.ts';
import { limits } from './limits.ts';
import type { SlackMessage } from './messages.ts';
import { readContent } from './methods-chat.ts';
import { addMessage, newId, remove, rewrite, type Store } from './store.ts';
import type { Json } from './validation.ts';

/** response_url: five answers within thirty minutes, seen by the asker alone unless the app says otherwise. */
interface ResponseUrl {
  user: string;
  channel: string;
  /** The message whose button was pressed; a slash command has none. */
  original?: SlackMessage;
  bornAt: number;
  uses: number;
}

export interface ResponseUrls {
  /** @returns the path of a fresh response_url. */
  issue: (user: string, channel: string, original?: SlackMessage) => string;
  /** Carries out what the app posted there. @throws SlackError `expired_url`, `used_url`, or as chat.postMessage. */
  use: (path: string, body: Json) => void;
}

export function makeResponseUrls(store: Store): ResponseUrls {
  const all = new Map<string, ResponseUrl>();
  return {
    issue(user, channel, original) {
      const path = `/response/${store.team.id}/${newId('')}`;
      all.set(path, { user, channel, original, bornAt: store.now(), uses: 0 });
      return path;
    },
    use(path, body) {
      const url = all.get(path);
      if (!url || store.now() - url.bornAt > limits.responseUrlLife) throw slackError('expired_url');
      if (url.uses >= limits.responseUrlUses) throw slackError('used_url');
      url.uses += 1;
      respond(store, url, body);
    },
  };
}

/** Where an answer goes: a response_url, or the body of the acknowledgement of a slash command. */
export type Asker = Pick<ResponseUrl, 'user' | 'channel' | 'original'>;

/** Applies Slack's rules: delete_original, replace_original, else a new message, ephemeral unless `in_channel`. */
export function respond(store: Store, asker: Asker, body: Json): void {
  if (body.delete_original === true) {
    remove(store, originalOf(asker));
    return;
  }
  const { text, blocks } = readContent(store, 'response_url', body);
  if (body.replace_original === true) rewrite(store, originalOf(asker), text, blocks, 'respond');
  else addMessage(store, { ...addressed(store, asker, body), text, blocks }, 'respond');
}

function addressed(store: Store, { user, channel }: Asker, body: Json) {
  const thread = body.thread_ts as string | undefined;
  const onlyFor = body.response_type === 'in_channel' ? undefined : user;
  return { channel, user: store.app.userId, fromApp: true, thread, onlyFor };
}

function originalOf({ original }: Asker): SlackMessage {
  if (original && !original.deleted) return original;
  throw slackError('message_not_found', ['[ERROR] there is no original message to replace or delete']);
}
