import type { Mount } from '../../adapters/api/mount.ts';
import type { Asked } from '../asked.ts';
import type { Chat, Identity } from '../ports.ts';
import type { Reply } from '../release/view.ts';
import type { World } from '../world.ts';

/** A chat platform as this process has it: every process shows cards and knows people; only a gateway hears them. */
export interface Platform extends Pick<Mount, 'path' | 'bodyLimit'> {
  surface: 'slack' | 'teams';
  /** As people call it. */
  name: string;
  chat: Chat;
  identity: Identity;
  /** @throws Error naming the setting and the fix when what we were given to log in with cannot be used */
  check(): Promise<void>;
  /** Begins to hear people. */
  hear(world: World, ask: (asked: Asked) => Promise<Reply>): Hearing;
}

export interface Hearing {
  /** What the platform posts to `path`. */
  receive: Mount['handle'];
  /** Where the platform must be asked to speak to us; resolves when it may. */
  start?(): Promise<void>;
  /** Waits until what was taken is answered. */
  stop(): Promise<void>;
}

/** What a form may offer: names of the catalog, as it is now. */
export const choicesOf = (world: World) => () => ({
  services: Object.keys(world.catalog().services),
  environments: Object.keys(world.catalog().environments),
});
