/** What a run has started, to be ended in reverse, once, whatever ends the run. */
export interface Cleanup {
  /** @param undo gets whether the logs are wanted */
  add(undo: (keep: boolean) => unknown): void;
  run(keep: boolean): Promise<void>;
}

export function newCleanup(): Cleanup {
  const undo: ((keep: boolean) => unknown)[] = [];
  return {
    add: (one) => void undo.push(one),
    run: async (keep) => {
      for (let one = undo.pop(); one; one = undo.pop()) {
        try {
          await one(keep);
        } catch (error) {
          console.error('while cleaning up:', error);
        }
      }
    },
  };
}
