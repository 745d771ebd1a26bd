import type { Activity, Sent } from './activity.ts';

/**
 * The way to and from Teams, as the rest of this folder sees it. `botbuilder.ts` keeps these promises with botbuilder,
 * whose support has ended: its successor is that one file.
 */
export interface Transport {
  /**
   * Whether the Bot Connector sent this, by the bearer token of the request.
   *
   * @returns why not, for the log; undefined when it did
   * @throws TransientError when the keys that tell cannot be had now
   */
  whyNotGenuine(activity: Activity, authorization: string): Promise<string | undefined>;
  /** A new message in a conversation: a chat, or the thread of a channel. @returns its id */
  post(where: Conversation, message: Sent): Promise<string>;
  /** A new thread in a channel. @returns the id of its first message, which is also the thread's */
  startThread(channel: Conversation, message: Sent): Promise<string>;
  /** Shows something else in one of our own messages. */
  update(where: Conversation, id: string, message: Sent): Promise<void>;
  /** A message in a channel or group chat that only one person sees, for a day. */
  whisper(where: Conversation, person: string, message: Sent): Promise<void>;
  /** The conversation between us and one person alone. @param person their id as the Connector gave it (`29:…`), or their Entra object id */
  direct(where: Conversation, person: string): Promise<Conversation>;
  /** A bearer token for another Microsoft API, such as `https://graph.microsoft.com/.default`, in our own tenant or another. */
  token(scope: string, tenant?: string): Promise<string>;
}

/**
 * Where something is said. Every call throws TransientError when it may be tried again, and TerminalError when a person
 * must mend something first; `teamsStatus` (failures.ts) tells the HTTP status behind either.
 */
export interface Conversation {
  /** The Connector that serves this conversation, as it last named itself. */
  serviceUrl: string;
  /** Entra tenant. */
  tenant: string;
  /** `19:…@thread.tacv2`, with `;messageid=…` for a thread of it; or the id of a chat. */
  id: string;
}
