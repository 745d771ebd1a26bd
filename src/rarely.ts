/**
 * Does something at most once in `ms`; what comes in between is dropped.
 * @param now milliseconds, only differences count.
 */
export const rarely = <A extends unknown[]>(ms: number, now: () => number, act: (...its: A) => void) => {
  let last = Number.NEGATIVE_INFINITY;
  return (...its: A): void => {
    if (now() - last < ms) return;
    last = now();
    act(...its);
  };
};
