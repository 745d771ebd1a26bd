/** One thing that is wrong in a file or in the environment, and how to mend it. Never holds a secret. */
export interface Problem {
  /** `services.payments.workloads[0].use`, or the name of a variable. */
  path: string;
  /** The same as steps, for whoever looks up the line. */
  at: readonly (string | number)[];
  /** The line in the file, from 1, where it is known. */
  line?: number;
  /** What is wrong, with the bad value where it may be shown. */
  say: string;
  /** What to write instead. */
  fix: string;
}

/** `['a', 'b.c', 0]` → `a["b.c"][0]`. */
export function pathText(at: readonly (string | number)[]): string {
  const step = (key: string | number) => {
    if (typeof key === 'number') return `[${key}]`;
    return /^[\w-]+$/.test(key) ? `.${key}` : `["${key}"]`;
  };
  return at.map(step).join('').replace(/^\./, '');
}

export const problem = (at: readonly (string | number)[], say: string, fix: string): Problem => ({
  path: pathText(at),
  at,
  say,
  fix,
});

/** One line for a log or a console: `services.payments.image (line 12): "nginx" is … Name the registry …`. */
export const problemText = ({ path, line, say, fix }: Problem): string =>
  `${path || 'the file'}${line === undefined ? '' : ` (line ${line})`}: ${say} ${fix}`;

/** A value as it may be shown: short, without control characters, and without a password inside a URL. */
export function shown(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'this';
  const text = String(value)
    .replace(/\p{C}/gu, ' ')
    .replace(/\/\/[^/@\s]*@/, '//…@');
  return `"${text.length > 80 ? `${text.slice(0, 80)}…` : text}"`;
}
