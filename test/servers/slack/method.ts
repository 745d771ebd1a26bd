import type { Store } from './store.ts';
import type { Triggers } from './triggers.ts';
import type { Json } from './validation.ts';

/** One line of the Web API's table. */
export interface Method {
  /** Any one of these OAuth scopes is enough; none: no scope needed. */
  scopes: string[];
  /** Which token it takes; `app` is the xapp token of Socket Mode. */
  token?: 'bot' | 'app';
  /** Arguments without which Slack answers `invalid_arguments`. */
  required?: string[];
  /** @throws SlackError what Slack would answer. */
  run: (context: MethodContext, args: Json) => Json | undefined;
}

export interface MethodContext {
  store: Store;
  triggers: Triggers;
  /** @returns a fresh WebSocket address for Socket Mode. */
  openSocket: () => string;
}
