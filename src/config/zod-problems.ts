import type { z } from 'zod';
import { didYouMean } from './nearest.ts';
import { type Problem, problem, shown } from './problem.ts';

type Issue = z.core.$ZodIssue;
type Path = (string | number)[];

/** Where a secret may have been written by mistake: nothing under these keys is ever repeated. */
const secretKeys = new Set(['registries', 'kubeconfig', 'webhook', 'page', 'username', 'password', 'token']);

const stepsOf = (path: readonly PropertyKey[]): Path =>
  path.map((key) => (typeof key === 'number' ? key : String(key)));

function valueAt(root: unknown, path: Path): unknown {
  let value = root;
  for (const key of path) value = typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
  return value;
}

// A branch for words has nothing to say about a group of keys, and the other way round.
const wrongKind = (issue: Issue, value: unknown): boolean =>
  issue.path.length === 0 &&
  (issue.code === 'invalid_type' || (issue.code === 'invalid_value' && typeof value !== 'string'));

// Of the forms that a value may have, the one that was most likely meant: of its kind, with the fewest unknown keys.
function meant(branches: readonly Issue[][], value: unknown): Issue[] | undefined {
  const oddness = (issues: Issue[]) =>
    issues.reduce((sum, issue) => sum + (issue.code === 'unrecognized_keys' ? issue.keys.length : 0), issues.length);
  const fitting = branches.filter((issues) => !issues.some((issue) => wrongKind(issue, value)));
  return fitting.toSorted((a, b) => oddness(a) - oddness(b))[0];
}

function unknownKeys(issue: Issue & { code: 'unrecognized_keys' }, at: Path): Problem[] {
  const known = issue.message.split(' ');
  return issue.keys.map((key) =>
    problem([...at, key], 'is not a key that is known here.', didYouMean(key, known, 'key')),
  );
}

function describe(at: Path, value: unknown, fix: string): Problem {
  if (value === undefined) return problem(at, 'is missing.', fix);
  if (value === null) return problem(at, 'is empty.', fix);
  const hidden = at.some((key) => secretKeys.has(String(key)));
  return problem(at, hidden ? 'has a value that cannot be used.' : `${shown(value)} cannot be used here.`, fix);
}

function problemsOf(issue: Issue, root: unknown, above: Path): Problem[] {
  const at = [...above, ...stepsOf(issue.path)];
  const value = valueAt(root, at);
  if (issue.code === 'unrecognized_keys') return unknownKeys(issue, at);
  if (issue.code === 'invalid_key') {
    const name = String(at.at(-1));
    return [problem(at, `${shown(name)} cannot be a name here.`, issue.issues[0]?.message ?? issue.message)];
  }
  if (issue.code === 'invalid_union') {
    const branch = value === undefined ? undefined : meant(issue.errors, value);
    if (branch) return branch.flatMap((one) => problemsOf(one, root, at));
  }
  return [
    describe(
      at,
      value,
      issue.code === 'invalid_type' && issue.message.startsWith('Invalid') ? kindFix(issue) : issue.message,
    ),
  ];
}

const kindFix = (issue: Issue & { code: 'invalid_type' }): string =>
  issue.expected === 'object' || issue.expected === 'record'
    ? 'Write a group of keys here.'
    : `Write a ${issue.expected} here.`;

/** All issues of a schema of ours as problems: zod tells where, the schema tells the fix, this tells what is wrong. */
export const zodProblems = (error: z.core.$ZodError, root: unknown): Problem[] => {
  const seen = new Set<string>();
  return error.issues
    .flatMap((issue) => problemsOf(issue, root, []))
    .filter(({ path, say }) => !seen.has(`${path} ${say}`) && seen.add(`${path} ${say}`));
};
