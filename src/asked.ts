import type { Principal } from './ports.ts';
import type { Command } from './release/command.ts';
import type { Actor, Address, Change } from './release/event.ts';

/** One request, from wherever it came: exactly one of `text`, `command` and `button` says what is wanted. */
export interface Asked {
  /** A line in the grammar of product commands, without `/release`. */
  text?: string;
  /** Already typed, as a form or REST makes it. */
  command?: Command;
  /** A pressed button: its sealed reference, and the reason where one was asked for. */
  button?: { ref: string; reason?: string };
  actor: Actor;
  /** Given when the way in has already proven who this is (an API token); else `identity` resolves the actor. */
  principal?: Principal;
  /** Where it was asked; cards go there when the catalog names no channel. Absent for REST. */
  from?: Address;
  /** A direct message: the answer is private, a change is announced in the target's channel. */
  direct?: boolean;
  via: 'slash' | 'mention' | 'message' | 'button' | 'form' | 'rest' | 'console';
  /** Idempotency key: the platform's own id of this delivery, or the caller's `Idempotency-Key`. */
  key?: string;
  onBehalfOf?: string;
  change?: Change;
  ticket?: string;
}
