/**
 * Text that came from clusters, registries and people, made fit for logs, chat and a language model: no secrets, no
 * control or bidi characters, no endless lines. Every pattern is linear: hostile text costs no more than its length.
 */

const hidden = '[redacted]';

/** Words that name a secret, as keys of `key=value`, `key: value` and `"key": "value"`. */
const key =
  '[\\w.-]{0,40}(?:passw(?:or)?d|passwd|pwd|passphrase|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credentials?|authorization|signature)';

/** What to hide, one a line; `$1` is what stays. */
const rules: [RegExp, string][] = [
  [/-----BEGIN [A-Z0-9 ]{1,40}-----[\s\S]*?(?:-----END [A-Z0-9 ]{1,40}-----|$)/g, hidden],
  [/\b([a-z][a-z0-9+.-]{1,20}:\/\/)[^\s/?#@]{1,400}@/gi, `$1${hidden}@`],
  [/\b(Bearer|Basic|Negotiate) +[A-Za-z0-9._~+/=-]{6,}/gi, `$1 ${hidden}`],
  [/\bxox[a-z](?:\.[a-z]+)?-[A-Za-z0-9-]{6,}/g, hidden],
  [/\bxapp-[A-Za-z0-9-]{6,}/g, hidden],
  [/\bsk-[A-Za-z0-9_-]{12,}/g, hidden],
  [/\b(?:AKIA|ASIA)[0-9A-Z]{12,}/g, hidden],
  [/\beyJ[A-Za-z0-9_-]{10,}(?:\.[A-Za-z0-9_-]*){0,4}/g, hidden],
  [/\b(?:gh[pousr]_|github_pat_|glpat-|npm_|AIza|dop_v1_|re_)[A-Za-z0-9_-]{16,}/g, hidden],
  [/\b(hooks\.slack\.com\/(?:services|workflows|triggers)\/)[A-Za-z0-9/_-]+/g, `$1${hidden}`],
  [new RegExp(`(\\b${key}["']?\\s{0,3}[=:]\\s{0,3}")(?:[^"\\\\]|\\\\.)+`, 'gi'), `$1${hidden}`],
  [new RegExp(`(\\b${key}["']?\\s{0,3}[=:]\\s{0,3}')[^']+`, 'gi'), `$1${hidden}`],
  [
    new RegExp(`(\\b${key}\\s{0,3}[=:]\\s{0,3})(?!["'[])(?!(?:Bearer|Basic|Negotiate) )[^\\s,;&)}\\]]+`, 'gi'),
    `$1${hidden}`,
  ],
];

/** C0 and C1 controls except newline and tab, zero-width and bidi characters, byte order marks, and terminal colours. */
const unseen =
  /(?![\n\t])\p{Cc}\[[0-9;?]*[A-Za-z]|(?![\n\t])[\p{Cc}\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu;

/**
 * Hides what looks like a secret, and every one of the `known` secret values, and strips characters that nobody sees.
 * Keeps newlines and tabs.
 */
export function redact(text: string, known: readonly string[] = []): string {
  let clean = text.replace(unseen, '');
  for (const secret of known) if (secret.length >= 6) clean = clean.replaceAll(secret, hidden);
  for (const [pattern, instead] of rules) clean = clean.replace(pattern, instead);
  return clean;
}

/** One line of at most `limit` characters, redacted. */
export const redactLine = (text: string, limit = 400): string =>
  cut(
    redact(text.slice(0, limit * 8))
      .replace(/\s+/g, ' ')
      .trim(),
    limit,
  );

/** The last `count` lines that say something, each of at most `limit` characters; secrets over several lines too. */
export const redactLines = (text: string, count: number, limit = 400): string[] =>
  redact(text)
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-count)
    .map((line) => cut(line.trimEnd(), limit));

const cut = (line: string, limit: number): string => (line.length > limit ? `${line.slice(0, limit - 1)}…` : line);
