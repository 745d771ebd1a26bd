import { afterAll } from 'vitest';

const undo: (() => unknown)[] = [];

/** Undone when the file's tests have ended: tests that run at the same time must not end each other's processes. */
export const atEnd = (one: () => unknown): void => void undo.push(one);

afterAll(async () => {
  for (const one of undo.reverse()) await one();
});
