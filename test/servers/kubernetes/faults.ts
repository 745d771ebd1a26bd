import { type Chance, seededChance } from './chance.ts';

/** How likely each trouble is for one kind of request: probabilities from 0 to 1, times in ms. */
export interface FaultRule {
  /** HTTP 500 before anything is written. */
  error500?: number;
  /** HTTP 503 before anything is written. */
  error503?: number;
  /** HTTP 429 with Retry-After, before anything is written. */
  tooMany?: number;
  /** The request takes effect, then the socket is destroyed instead of an answer. */
  lostReply?: number;
  /** [least, most]: half of it before the request takes effect, half after. */
  latencyMs?: [number, number];
}

export interface WatchRule {
  /** Chance that a new watch is cut by a socket reset some time after it opened. */
  reset?: number;
  resetAfterMs?: [number, number];
  /** Chance that a new watch opens and then never says anything: no event, no bookmark, no end. */
  halfOpen?: number;
}

export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete';

export interface Faults {
  seed?: number | string;
  /** By verb; `read`, `write` and `*` stand for several, the more exact one wins field by field. */
  rules?: { [verb in Verb | 'read' | 'write' | '*']?: FaultRule };
  watch?: WatchRule;
  retryAfterSeconds?: number;
}

export type Trouble = 'error500' | 'error503' | 'tooMany' | 'lostReply';

/** What will happen to one request, decided when it arrives. */
export interface Fate {
  trouble?: Trouble;
  latencyMs: number;
}

const writes = new Set<Verb>(['create', 'update', 'patch', 'delete']);
const troubles = ['error500', 'error503', 'tooMany', 'lostReply'] as const;

/** Decides by seed, verb and object, so that what happens to one target does not depend on traffic to others. */
export class FaultPlan {
  #faults: Faults = {};
  #chance: Chance = seededChance(1);
  #hang = 0;
  readonly counts: { [trouble: string]: number } = {};

  get retryAfterSeconds(): number {
    return this.#faults.retryAfterSeconds ?? 1;
  }

  /** Replaces the plan; draws start again from its seed. */
  set(faults: Faults): void {
    this.#faults = faults;
    this.#chance = seededChance(faults.seed ?? 1);
  }

  /** The next n requests (watches excluded) get no answer at all. */
  hangNext(requests: number): void {
    this.#hang = requests;
  }

  takeHang(): boolean {
    if (this.#hang === 0) return false;
    this.#hang--;
    this.#count('hang');
    return true;
  }

  fateOf(verb: Verb, subject: string): Fate {
    const rules = this.#faults.rules ?? {};
    const rule = { ...rules['*'], ...rules[writes.has(verb) ? 'write' : 'read'], ...rules[verb] };
    const key = `${verb} ${subject}`;
    const trouble = troubles.find(
      (name) => rule[name] !== undefined && this.#chance.draw(`${name} ${key}`) < rule[name],
    );
    if (trouble) this.#count(trouble);
    return { ...(trouble && { trouble }), latencyMs: this.#between(rule.latencyMs, key) };
  }

  /** How a new watch will end: quietly half open, cut after some ms, or well. */
  watchFate(subject: string): { halfOpen: boolean; resetAfterMs?: number } {
    const { reset = 0, resetAfterMs = [50, 500], halfOpen = 0 } = this.#faults.watch ?? {};
    if (this.#chance.draw(`half-open ${subject}`) < halfOpen) {
      this.#count('halfOpen');
      return { halfOpen: true };
    }
    if (this.#chance.draw(`reset ${subject}`) >= reset) return { halfOpen: false };
    this.#count('watchReset');
    return { halfOpen: false, resetAfterMs: this.#between(resetAfterMs, `reset ${subject}`) };
  }

  #between(range: [number, number] | undefined, key: string): number {
    if (!range) return 0;
    return range[0] + (range[1] - range[0]) * this.#chance.draw(`time ${key}`);
  }

  #count(trouble: string): void {
    this.counts[trouble] = (this.counts[trouble] ?? 0) + 1;
  }
}
