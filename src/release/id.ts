/**
 * Release ids that people read aloud and type on a phone: `payments-7f3`.
 * No vowels, so a suffix never spells a word; no 0, 1 or l, so nobody asks "oh or zero?".
 */
export const idAlphabet = '23456789bcdfghjkmnpqrstvwxyz';

const shape = new RegExp(`^([a-z0-9_][a-z0-9._-]*)-([${idAlphabet}]{3,12})$`, 'i');

/**
 * The id of a new release. Each number of `random` (whole, 0 or more: bytes will do) becomes one letter, so the caller makes
 * an id longer after a collision by passing more of them. The ledger guarantees uniqueness; a small bias does no harm.
 * @throws RangeError for fewer than 3 or more than 12 numbers, or one that is not a whole number of 0 or more
 */
export const releaseId = (service: string, random: ArrayLike<number>): string => {
  if (random.length < 3 || random.length > 12)
    throw new RangeError(`a release id needs 3 to 12 random numbers, got ${random.length}`);
  return `${service.toLowerCase()}-${Array.from(random, letter).join('')}`;
};

const letter = (number: number): string => {
  if (!Number.isSafeInteger(number) || number < 0)
    throw new RangeError(`a release id needs whole numbers of 0 or more, got ${number}`);
  return idAlphabet.charAt(number % idAlphabet.length);
};

/** Reads `payments-7f3` (any case). Says only that it looks like an id; whether that release exists, the ledger knows. */
export const parseReleaseId = (text: string): { id: string; service: string; suffix: string } | undefined => {
  const [id, service, suffix] = (shape.exec(text) ?? []).map((part) => part.toLowerCase());
  return id && service && suffix ? { id, service, suffix } : undefined;
};
