import type { Button } from '../../src/release/view.ts';

/** `action_id` of a button: which one, and whether a reason is asked for first. It never carries what it does. */
export const buttonId = ({ verb, asksReason }: Button, index: number): string =>
  `release:${asksReason ? 'reason' : 'now'}:${verb}:${index}`;

const shape = /^release:(reason|now):([a-z-]+):\d+$/;

/** Reads it back; undefined for a button of an older version of us. */
export const parseButtonId = (id: string): { asksReason: boolean; verb: string } | undefined => {
  const [, when, verb] = shape.exec(id) ?? [];
  return verb ? { asksReason: when === 'reason', verb } : undefined;
};
