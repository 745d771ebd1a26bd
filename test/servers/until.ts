/** Awaiting a condition instead of sleeping, for every stand-in. */

/** A stand-in that can be watched. */
export interface Watched {
  /** Called after every change. */
  observers: Set<() => void>;
  /** What people could see, oldest first. */
  happenings: readonly { what: string; channel?: string; user?: string; text?: string }[];
  /** What the app called, oldest first. */
  calls: readonly { method: string; path?: string; answer: string; problems: string[] }[];
}

export interface UntilOptions {
  /** Milliseconds to wait at most; 5,000 unless said. */
  within?: number;
  /** What is awaited, for the message when it does not come. */
  what?: string;
}

type Nothing = undefined | null | false | '' | 0;

/** Looks again this often even when nothing changed here: the condition may also be about the app. */
const glance = 25;

/**
 * Looks until there is something to see. A look that throws (an assertion) counts as "not yet".
 * @returns the first thing that is not undefined, null, false, '' or 0.
 * @throws Error after `within`, with what was awaited and what was seen last.
 */
export function until<T>(store: Watched, look: () => T | Nothing, options: UntilOptions = {}): Promise<T> {
  const { within = 5000, what = 'a condition' } = options;
  return new Promise((resolve, reject) => {
    let doubt = '';
    const check = () => {
      try {
        const seen = look();
        if (seen) stop(() => resolve(seen));
      } catch (error) {
        doubt = ` The last look failed: ${error instanceof Error ? error.message : String(error)}.`;
      }
    };
    const late = () => stop(() => reject(new Error(`Waited ${within} ms for ${what}.${doubt}\n${lately(store)}`)));
    const glances = setInterval(check, glance);
    const timer = setTimeout(late, within);
    const stop = (then: () => void) => {
      clearInterval(glances);
      clearTimeout(timer);
      store.observers.delete(check);
      then();
    };
    store.observers.add(check);
    check();
  });
}

/** @returns the last things seen and called, one per line, for the message of a test that failed. */
export function lately(store: Watched): string {
  const seen = store.happenings
    .slice(-8)
    .map((it) => `  ${it.what} ${it.channel ?? ''} ${it.user ?? ''} ${short(it.text)}`);
  const called = store.calls
    .slice(-8)
    .map((it) => `  ${[it.method, it.path].join(' ')} → ${[it.answer, ...it.problems].join(' ')}`);
  return [
    'Seen last:',
    ...(seen.length > 0 ? seen : ['  nothing']),
    'Called last:',
    ...(called.length > 0 ? called : ['  nothing']),
  ].join('\n');
}

function short(text = ''): string {
  return JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}…` : text);
}
