import type { Address } from './event.ts';

/**
 * What people see, without a platform's words. A view kind is one pure function per platform. All text is plain:
 * renderers escape it, because some of it came from clusters and from chat.
 */
export type View = CardView | NoteView | AnswerView;

/** One of six moods; renderers give it a mark and a colour, never a colour alone. `told`: the answer to a question. */
export type Tone = 'working' | 'waiting' | 'good' | 'bad' | 'stopped' | 'told';

export const buttonVerbs = [
  'approve',
  'reject',
  'promote',
  'pause',
  'resume',
  'abort',
  'rollback',
  'take-over',
  'details',
] as const;
export type ButtonVerb = (typeof buttonVerbs)[number];

/** A button says what it means to do; what it refers to is signed and opaque (button.ts). */
export interface Button {
  verb: ButtonVerb;
  /** ≤ 75 characters. */
  label: string;
  style?: 'primary' | 'danger';
  /** Signed reference; filled in by `sealButtons`. */
  ref: string;
  confirm?: { title: string; text: string; yes: string; no: string };
  /** The form asks for a reason before the button counts. */
  asksReason?: boolean;
}

export interface CardView {
  kind: 'release';
  release: string;
  rev: number;
  final: boolean;
  tone: Tone;
  /** First line, readable on a phone's lock screen: `payments prod · ROLLED BACK · serving 2.4.0, healthy`. */
  headline: string;
  /** Label and text, in reading order. */
  facts: { label: string; text: string }[];
  steps: { text: string; state: 'done' | 'now' | 'todo' | 'failed'; elapsed?: string }[];
  /** At most three, only those legal now, the way back always last. */
  buttons: Button[];
  footer?: string;
}

/** Whom a line calls: a person of a platform, or a group of it (`slack:S0RELMGR`). */
export type Mention =
  | { person: string; surface: string; tenant: string; name: string }
  | { group: string; name: string };

/** One line in the card's thread. */
export interface NoteView {
  kind: 'note';
  tone: Tone;
  text: string;
  /** Shown as code, as it came: logs, commands to copy. */
  code?: string;
  mentions: Mention[];
  /** Only a person can end this: who is on duty is called. */
  page?: boolean;
  /** With `page`: the card's first line, for whoever sees nothing else. */
  headline?: string;
}

/** The answer to a question or a refusal, for the asker. */
export interface AnswerView {
  kind: 'answer';
  tone: Tone;
  title: string;
  lines: string[];
  code?: string;
  /** The way forward, or "did you mean" lines. */
  hint?: string;
}

/** What `handle` says back. `private` answers are for the asker only. */
export interface Reply {
  ok: boolean;
  private: boolean;
  view: AnswerView;
  /** Code of a refusal, for REST. */
  code?: string;
  /** The release that was made or changed. */
  release?: string;
  /** Bare `/release`: open the form. */
  form?: boolean;
  /** The first answer to a request that came again under its idempotency key. */
  replayed?: boolean;
  /** Where the card went, so that the asker can look. */
  announced?: Address[];
}
