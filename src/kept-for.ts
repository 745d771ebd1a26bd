/**
 * Asks once per key and keeps the answer for `ms`. People who ask meanwhile share one request; a failure is not kept.
 * @param now milliseconds, only differences count.
 */
export const keptFor = <T>(
  ms: number,
  now: () => number,
  ask: (key: string) => Promise<T>,
): ((key: string) => Promise<T>) => {
  const kept = new Map<string, { at: number; answer: Promise<T> }>();
  return (key) => {
    const known = kept.get(key);
    if (known && now() - known.at < ms) return known.answer;
    const answer = ask(key);
    kept.set(key, { at: now(), answer });
    answer.catch(() => kept.delete(key));
    forgetOld(kept, now() - ms);
    return answer;
  };
};

export const forgetOld = (kept: Map<string, { at: number }>, before: number): void => {
  for (const [key, { at }] of kept) if (at < before) kept.delete(key);
};
