const units: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** One or more numbers with their units: `30m`, `1h30m`. For schemas that only need the form. */
export const durationForm = /^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+$/;

/** `10s`, `30m`, `2h`, `1d`, `1h30m` → ms; undefined when it is no duration. */
export function parseDuration(text: string): number | undefined {
  if (!durationForm.test(text)) return undefined;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)) total += Number(amount) * units[unit!]!;
  return Math.round(total);
}
