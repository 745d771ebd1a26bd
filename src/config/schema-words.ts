import { z } from 'zod';
import { isZone } from '../zones.ts';
import { durationForm, parseDuration } from './durations.ts';
import { imageNameFix, imageNameForm } from './image-name.ts';
import { didYouMean } from './nearest.ts';
import { parseSecretReference } from './secrets.ts';

/** The leaves of the catalog. In every schema here the error text is the fix: `zod-problems.ts` says what is wrong. */

/** A group of keys that takes no others. Its error text lists the keys, from which a near one is offered. */
export const group = <Shape extends z.core.$ZodLooseShape>(shape: Shape) =>
  z.strictObject(shape, {
    error: ({ code }) => (code === 'unrecognized_keys' ? Object.keys(shape).join(' ') : undefined),
  });

const form = (pattern: RegExp, fix: string | ((value: string) => string)) => {
  const error = typeof fix === 'string' ? fix : ({ input }: { input?: unknown }) => fix(String(input ?? ''));
  return z.string({ error }).regex(pattern, { error });
};

export const nameForm = /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/;
const nameFix = 'Use at most 40 small letters, digits and dashes, such as payments-api.';
export const name = form(nameForm, nameFix);

/** A name that must exist in the same file. */
export const nameOf = (what: string, known: readonly string[]) =>
  z
    .string({ error: `Name ${/^[aeiou]/.test(what) ? 'an' : 'a'} ${what} of this file.` })
    .refine((word) => known.includes(word), { error: ({ input }) => didYouMean(String(input), known, what) });

const durationFix = 'Write a number and a unit: 10s, 30m, 2h or 1d.';
/** A duration between two others, all as they are written in the file. */
export const durationBetween = (least: string, most: string) =>
  form(durationForm, durationFix).refine(
    (text) => {
      const ms = parseDuration(text);
      return ms === undefined || (ms >= parseDuration(least)! && ms <= parseDuration(most)!);
    },
    { error: `Choose something from ${least} to ${most}.` },
  );

export const email = form(/^[^\s@]+@[^\s@]+\.[^\s@]+$/, 'Write a mail address, such as lead@example.com.');
export const zone = z
  .string({ error: 'Name a time zone, such as Europe/Berlin.' })
  .refine(isZone, { error: 'Name a time zone as Europe/Berlin, America/New_York or UTC.' });
export const sentence = z
  .string({ error: 'Write it in a few words.' })
  .min(1, { error: 'Write it in a few words.' })
  .max(200, { error: 'Keep it below 200 characters.' });

export const imageName = form(imageNameForm, imageNameFix);
export const httpUrl = z
  .string({ error: 'Write a URL that begins with http:// or https://.' })
  .refine((text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) && new URL(text).username === '', {
    error: ({ input }) => urlFix(String(input)),
  });

const urlFix = (text: string): string =>
  /\/\/[^/]*@/.test(text)
    ? 'Leave user and password out of the URL.'
    : 'Write a URL that begins with http:// or https://.';

/** `env:NAME` or `file:/path`, never the secret itself. */
export const secretReference = z
  .string({ error: 'Name where the secret lies: "env:NAME" or "file:/path".' })
  .refine((text) => typeof parseSecretReference(text) !== 'string', {
    error: ({ input }) => String(parseSecretReference(String(input))),
  });

const kinds = 'deployment, statefulset or daemonset';
const workloadFix = (text: string): string => {
  if (/^cronjobs?\//i.test(text)) return `CronJobs are not available yet. Name a ${kinds}.`;
  return `Write kind and name, such as deployment/payments; the kind is ${kinds}.`;
};
export const workloadForm = /^(deployment|statefulset|daemonset)\/([a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?)$/;
export const workload = form(workloadForm, workloadFix);
export const kubernetesName = form(
  /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/,
  'Use a Kubernetes name: small letters, digits and dashes.',
);

export const slackChannel = form(
  /^[CG][A-Z0-9]{2,}$/,
  'Use the id of the channel, such as C0PROD (Slack shows it under "View channel details").',
);
export const teamsChannel = form(
  /^19:.+@thread\.(?:tacv2|v2|skype)$/,
  'Use the id of the channel, such as 19:…@thread.tacv2.',
);
export const slackSubject = form(
  /^(?:usergroup:S|user:[UW])[A-Z0-9]{2,}$/,
  'Write usergroup:S… or user:U… with the id from Slack.',
);
export const teamsSubject = form(/^(?:group|user):\S+$/, 'Write group:… or user:… with the object id from Entra.');

/** Something the file may say one day. It is refused, so that nothing is silently left out. */
export const notYet = <T extends z.ZodType>(schema: T, fix: string) => schema.refine(() => false, { error: fix });

/** One word of a few. */
export const oneOf = <const Words extends readonly [string, ...string[]]>(words: Words) =>
  z.enum(words, { error: ({ input }) => didYouMean(typeof input === 'string' ? input : '', words, 'word') });

/** Runs even when other keys of the group are wrong, so that its problem comes with theirs. */
const always = { when: () => true };
const keysOf = (value: unknown): string[] => (typeof value === 'object' && value !== null ? Object.keys(value) : []);

/** Of these keys a group has exactly one. */
export const exactlyOne = <T extends z.ZodType>(schema: T, keys: string[]) =>
  schema.refine((value) => keysOf(value).filter((key) => keys.includes(key)).length === 1, {
    ...always,
    error: `Write exactly one of: ${keys.join(', ')}.`,
  });
