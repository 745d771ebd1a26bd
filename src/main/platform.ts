import type { Mount } from '../../adapters/api/mount.ts';
import type { Asked } from '../asked.ts';
import { TerminalError } from '../errors.ts';
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
  /**
   * Whether the platform takes what we log in with.
   *
   * @returns what is wrong with it
   * @throws TransientError while the platform does not answer
   */
  check(): Promise<Trouble | undefined>;
  /** Begins to hear people. */
  hear(world: World, ask: (asked: Asked) => Promise<Reply>): Hearing;
}

/** What keeps a platform from being used, for operators. */
export interface Trouble {
  /** Names the setting, or the platform. */
  why: string;
  fix: string;
  /** We could log in, but the settings say that these people are not to be heard. */
  forbidden?: true;
}

/** A platform's no as trouble. @param what is refused: a setting, or the platform */
export async function troubleOf(what: string, check: () => Promise<Trouble | undefined>): Promise<Trouble | undefined> {
  try {
    return await check();
  } catch (err) {
    if (!(err instanceof TerminalError)) throw err;
    return { why: `${what} cannot be used: ${err.message}`, fix: err.hint };
  }
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
