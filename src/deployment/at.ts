import { isRefusal, type Refusal } from '../errors.ts';
import type { Release } from '../release/release.ts';
import { parseWhen } from '../time.ts';

/** Words of a time without a zone of their own mean this one. */
const zone = 'UTC';

/** The instant that a deploy asks for, read from its words as they were said: "in 30m" counts from the request. */
export function atOf(release: Release): number | undefined | Refusal {
  const words = release.command.verb === 'deploy' ? release.command.at : undefined;
  if (words === undefined) return undefined;
  const when = parseWhen(words, release.requestedAt, zone);
  return isRefusal(when) ? when : when.at;
}
