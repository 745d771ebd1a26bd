import { z } from 'zod';
import type { Asked } from '../../src/asked.ts';
import { privateReply } from '../../src/asking.ts';
import { type DeployCommand, strategyNames } from '../../src/release/command.ts';
import type { Actor } from '../../src/release/event.ts';
import type { Admitted } from './door.ts';
import { addressOf, keyOf } from './people.ts';
import { type Field, formVerb } from './render-form.ts';

/** What comes back of a card: the data of its button, with what was typed into its inputs beside it. */

/** A pressed button of a release, or the filled-in form. */
export type Pressed = { button: { ref: string; reason?: string } } | { form: Given };
export type Given = Partial<Record<Field, string>>;

const words = z.string().max(5_000).optional().catch(undefined);
const button = z.object({ ref: z.string().min(1).max(1_000) });
const form = z.object({
  form: z.literal(formVerb),
  service: words,
  version: words,
  environment: words,
  strategy: words,
  reason: words,
});

/** @returns nothing for what an older version of us put on a card */
export const pressed = (data: unknown): Pressed | undefined => {
  const filled = form.safeParse(data);
  if (filled.success) return { form: filled.data };
  const known = button.safeParse(data);
  return known.success ? { button: { ...known.data, ...reasonIn(data as object) } } : undefined;
};

/** A card has each input once, so that its second button that asks for a reason has `reason1`. */
const reasonIn = (data: object): { reason?: string } => {
  const given = Object.entries(data).find(([id, text]) => /^reason\d?$/.test(id) && typeof text === 'string');
  return given ? { reason: given[1].trim() } : {};
};

export const askedByPress = (admitted: Admitted, actor: Actor, press: Pressed): Asked => ({
  ...('form' in press ? { command: commandOf(press.form) } : { button: press.button }),
  actor,
  from: addressOf(admitted),
  via: 'form' in press ? 'form' : 'button',
  key: keyOf(admitted),
});

/** What is missing or wrong in it is refused like in any command. */
const commandOf = (given: Given): DeployCommand => {
  const value = (field: Field) => (given[field] ?? '').trim();
  const strategy = strategyNames.find((name) => name === value('strategy'));
  const reason = value('reason');
  return {
    verb: 'deploy',
    target: { service: value('service'), environment: value('environment') },
    version: value('version'),
    ...(strategy ? { strategy } : {}),
    ...(reason ? { reason } : {}),
  };
};

export const outdated = privateReply({
  kind: 'answer',
  tone: 'stopped',
  title: 'This button is from an older version of me, nothing happened',
  lines: [],
  hint: 'Mention me with "status" to see what goes on and what you can do.',
});
