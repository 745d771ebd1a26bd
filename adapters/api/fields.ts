import { z } from 'zod';
import { gateNames, strategyNames } from '../../src/release/command.ts';
import { longestText } from '../../src/release/grammar.ts';
import { cleanReason } from '../../src/release/grammar-text.ts';
import { isReason, isVersion, longestReason } from '../../src/release/grammar-values.ts';

/** What may be written in a request, field by field. The error texts are the fix. */

const visible = (limit: number, fix: string) =>
  z
    .string({ error: fix })
    .min(1, { error: fix })
    .max(limit, { error: `${fix} At most ${limit} characters.` })
    .refine((text) => !/[\p{Cc}\p{Cf}\p{Cs}]/u.test(text), { error: `${fix} Without control characters.` });

export const service = visible(140, 'Name a service of the catalog.');
export const environment = visible(140, 'Name an environment of the catalog.');
export const releaseId = visible(200, 'Name a release, such as payments-7f3.');

export const version = z
  .string({ error: 'Name a version: an image tag, or sha256:… .' })
  .max(128)
  .refine(isVersion, { error: 'Name a version: an image tag, or sha256:… .' });

const reasonFix = `Write a reason in words, of at most ${longestReason} characters.`;
export const reason = z
  .string({ error: reasonFix })
  .max(2 * longestReason, { error: reasonFix })
  .transform(cleanReason)
  .refine(isReason, { error: reasonFix });

export const text = z
  .string({ error: 'Write a command, such as "deploy payments 2.4.1 to prod".' })
  .max(longestText, { error: `Write at most ${longestText} characters.` })
  .refine((line) => line.trim() !== '', { error: 'Write a command, such as "deploy payments 2.4.1 to prod".' });

export const at = visible(80, 'Write a time, such as "tomorrow 09:00 Europe/Berlin".');
export const strategy = z.enum(strategyNames, { error: `Use one of: ${strategyNames.join(', ')}.` });
const gatesFix = `List gates (${gateNames.join(', ')}), or write "all".`;
export const overriding = z.union([z.literal('all'), z.array(z.enum(gateNames)).min(1).max(gateNames.length)], {
  error: gatesFix,
});

const link = z
  .string({ error: 'Write an https:// URL.' })
  .max(2_000)
  .refine((url) => URL.canParse(url) && ['https:', 'http:'].includes(new URL(url).protocol), {
    error: 'Write an https:// URL.',
  });

/** What the version carries: who wrote it may not approve it. */
export const change = z.strictObject({
  commit: z
    .string()
    .regex(/^[0-9a-fA-F]{7,64}$/, { error: 'Write a commit in hex digits.' })
    .optional(),
  authors: z.array(visible(254, 'Write the e-mail of an author.')).max(100).optional(),
  link: link.optional(),
});

export const ticket = visible(200, 'Write the name or the link of a ticket.');
export const onBehalfOf = visible(254, 'Write who asked for it.');

/** Fields that every command may carry. */
export const along = { onBehalfOf: onBehalfOf.optional(), change: change.optional(), ticket: ticket.optional() };

const decimal = (number: unknown) => (typeof number === 'string' && /^\d{1,9}$/.test(number) ? Number(number) : number);
/** A whole number in a query. */
export const whole = (least: number, most: number) => {
  const error = `Write a whole number from ${least} to ${most}.`;
  return z.preprocess(decimal, z.int({ error }).min(least, { error }).max(most, { error }));
};

/** `Idempotency-Key`. */
export const idempotencyKey = z
  .string()
  .regex(/^[\x21-\x7e]{1,255}$/, { error: 'Idempotency-Key must have 1 to 255 visible ASCII characters.' });
