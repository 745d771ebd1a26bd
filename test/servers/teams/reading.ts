import { type UntilOptions, until } from '../until.ts';
import type { TeamsButton } from './card-reading.ts';
import { buttons, type Mention, mentions, type Rendered, type TeamsMessage, wording } from './messages.ts';
import type { Call, Happening, Store } from './store.ts';

/** Everything that a test can look at. */
export interface Reading {
  /** @returns what stands in a channel or chat (by id or name) for everybody: messages and replies, oldest first. */
  messages: (where: string) => TeamsMessage[];
  wording: (message: Rendered) => string;
  buttons: (message: Rendered) => TeamsButton[];
  mentions: (message: Rendered) => Mention[];
  until: <T>(look: () => T | undefined | null | false | '' | 0, options?: UntilOptions) => Promise<T>;
  /** Everything people could see, in order. */
  happenings: readonly Happening[];
  calls: readonly Call[];
  /** @returns how often something was called, refused calls and injected faults included. */
  count: (call: string) => number;
  /** @returns the calls that Microsoft refused, faults that were injected left out. A test can assert that there are none. */
  refusals: () => Call[];
  /** What Teams accepts but a person pays for, such as a card without a summary. */
  warnings: readonly string[];
}

export function reading(store: Store): Reading {
  const idOf = (where: string) => [...store.conversations.values()].find((it) => it.name === where)?.id ?? where;
  return {
    messages: (where) => {
      const id = idOf(where);
      return store.messages.filter((it) => it.conversation === id && !it.onlyFor && !it.deleted);
    },
    wording,
    buttons,
    mentions,
    until: (look, how) => until(store, look, how),
    happenings: store.happenings,
    calls: store.calls,
    count: (call) => store.calls.filter((it) => it.call === call).length,
    refusals: () => store.calls.filter((it) => it.refused),
    warnings: store.warnings,
  };
}
