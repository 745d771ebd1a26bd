import type { Command, ControlVerb, GateName, ReleaseRef, StrategyName, Target, Verb } from './command.ts';

/** What can stand after the head, in any order, each once; `because` takes the rest of the line. */
export const clauseWords = ['to', 'with', 'at', 'until', 'overriding', 'because'] as const;
export type ClauseWord = (typeof clauseWords)[number];

/** How the value of a clause is written in usage lines. */
export const clauseValue: Record<ClauseWord, string> = {
  to: '<version|revision>',
  with: 'canary|blue-green|rolling|recreate',
  at: '<time>',
  until: '<time>',
  overriding: '<gate,…|all>',
  because: '<reason>',
};

/** The values found in a line; the same shape prints a command back. */
export interface Slots {
  service?: string;
  env?: string;
  version?: string;
  release?: string;
  command?: string;
  to?: string;
  with?: StrategyName;
  at?: string;
  until?: string;
  overriding?: GateName[] | 'all';
  because?: string;
}

/** One command: the only place that knows how it is written, shown in help, read and printed. */
export interface Row<V extends Verb = Verb> {
  verb: V;
  /** How the verb may be said; the first is how we print it. */
  says: readonly string[];
  /** Notation of `grammar-head.ts`. */
  head: string;
  clauses: readonly ClauseWord[];
  /** Clauses that must be there. */
  needs: readonly ClauseWord[];
  example: string;
  read(slots: Slots): Command;
  write(command: Command & { verb: V }): Slots;
}

type Spec<V extends Verb> = Pick<Row<V>, 'verb' | 'example' | 'read' | 'write'> & Partial<Row<V>>;

const row = <V extends Verb>(spec: Spec<V>): Row<V> => ({
  says: [spec.verb],
  head: '',
  clauses: [],
  needs: [],
  ...spec,
});

const present = <T extends object>(fields: T): T =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;

const target = (slots: Slots): Target => ({ service: slots.service!, environment: slots.env! });
const targetSlots = ({ target }: { target: Target }): Slots => ({ service: target.service, env: target.environment });
const refOf = (slots: Slots): ReleaseRef => (slots.release ? { release: slots.release } : { target: target(slots) });
const refSlots = (ref: ReleaseRef): Slots => ('release' in ref ? { release: ref.release } : targetSlots(ref));

type Deploy = Command & { verb: 'deploy' };

const readDeploy = (slots: Slots): Deploy =>
  present({
    verb: 'deploy',
    target: target(slots),
    version: slots.version!,
    strategy: slots.with,
    at: slots.at,
    overriding: slots.overriding,
    reason: slots.because,
  });

const writeDeploy = (c: Deploy): Slots => ({
  ...targetSlots(c),
  version: c.version,
  with: c.strategy,
  at: c.at,
  overriding: c.overriding,
  because: c.reason,
});

const deployHead = '<service> <version> to <env>';
const deployClauses = ['with', 'at', 'overriding', 'because'] as const;
const targetHead = '<service> [in] <env>';
const because = ['because'] as const;

const control = (verb: ControlVerb, example: string, says: readonly string[] = [verb]) =>
  row({
    verb,
    says,
    head: `(<release> | ${targetHead})`,
    clauses: because,
    example,
    read: (s) => present({ verb, on: refOf(s), reason: s.because }),
    write: (c) => ({ ...refSlots(c.on), because: c.reason }),
  });

const decision = (verb: 'approve' | 'reject', example: string) =>
  row({
    verb,
    head: '<release>',
    clauses: because,
    example,
    read: (s) => present({ verb, release: s.release!, reason: s.because }),
    write: (c) => ({ release: c.release, because: c.reason }),
  });

const lock = (verb: 'lock' | 'unlock', example: string) =>
  row({
    verb,
    head: targetHead,
    clauses: because,
    needs: because,
    example,
    read: (s) => ({ verb, target: target(s), reason: s.because! }),
    write: (c) => ({ ...targetSlots(c), because: c.reason }),
  });

/** The whole grammar. A new command is one more row (and its type in `command.ts`). */
export const rows: readonly Row[] = [
  row({
    verb: 'deploy',
    head: deployHead,
    clauses: deployClauses,
    example: 'deploy payments 2.4.1 to prod with canary because new checkout',
    read: readDeploy,
    write: writeDeploy,
  }),
  row({
    verb: 'rollback',
    says: ['roll back', 'rollback'],
    head: targetHead,
    clauses: ['to', 'because'],
    example: 'roll back payments in prod to 2.4.0',
    read: (s) => present({ verb: 'rollback', target: target(s), to: s.to, reason: s.because }),
    write: (c) => ({ ...targetSlots(c), to: c.to, because: c.reason }),
  }),
  control('promote', 'promote payments-7f3'),
  control('pause', 'pause payments in prod because error rate looks odd'),
  control('resume', 'resume payments-7f3'),
  control('abort', 'abort payments in prod'),
  control('hold', 'hold payments-7f3 because I want to look first'),
  control('take-over', 'take over payments in prod', ['take over', 'takeover']),
  decision('approve', 'approve payments-7f3'),
  decision('reject', 'reject payments-7f3 because not before the sale'),
  row({
    verb: 'status',
    head: '[<service>] [[in] <env>]',
    example: 'status payments in prod',
    read: (s) => present({ verb: 'status', service: s.service, environment: s.env }),
    write: (c) => ({ service: c.service, env: c.environment }),
  }),
  row({
    verb: 'history',
    head: '<service> [[in] <env>]',
    example: 'history payments in prod',
    read: (s) => present({ verb: 'history', service: s.service!, environment: s.env }),
    write: (c) => ({ service: c.service, env: c.environment }),
  }),
  row({
    verb: 'diff',
    head: `${targetHead} [<version>]`,
    example: 'diff payments in prod 2.4.1',
    read: (s) => present({ verb: 'diff', target: target(s), version: s.version }),
    write: (c) => ({ ...targetSlots(c), version: c.version }),
  }),
  row({
    verb: 'plan',
    head: `[deploy] ${deployHead}`,
    clauses: deployClauses,
    example: 'plan deploy payments 2.4.1 to prod',
    read: (s) => ({ verb: 'plan', deploy: readDeploy(s) }),
    write: (c) => writeDeploy(c.deploy),
  }),
  row({
    verb: 'why',
    head: '<release>',
    example: 'why payments-7f3',
    read: (s) => ({ verb: 'why', release: s.release! }),
    write: (c) => ({ release: c.release }),
  }),
  row({
    verb: 'freeze',
    head: '<env>',
    clauses: ['until', 'because'],
    needs: because,
    example: 'freeze prod until Monday 08:00 because stock taking',
    read: (s) => present({ verb: 'freeze', environment: s.env!, until: s.until, reason: s.because! }),
    write: (c) => ({ env: c.environment, until: c.until, because: c.reason }),
  }),
  row({
    verb: 'unfreeze',
    head: '<env>',
    example: 'unfreeze prod',
    read: (s) => ({ verb: 'unfreeze', environment: s.env! }),
    write: (c) => ({ env: c.environment }),
  }),
  lock('lock', 'lock payments in prod because database move'),
  lock('unlock', 'unlock payments in prod because database move done'),
  row({
    verb: 'release-from-quarantine',
    says: ['release'],
    head: `${targetHead} from quarantine`,
    clauses: because,
    needs: because,
    example: 'release payments in prod from quarantine because the node was sick, not the version',
    read: (s) => ({ verb: 'release-from-quarantine', target: target(s), reason: s.because! }),
    write: (c) => ({ ...targetSlots(c), because: c.reason }),
  }),
  row({ verb: 'doctor', example: 'doctor', read: () => ({ verb: 'doctor' }), write: () => ({}) }),
  row({
    verb: 'help',
    head: '[<command>]',
    example: 'help roll back',
    read: (s) => present({ verb: 'help', about: s.command }),
    write: (c) => ({ command: c.about }),
  }),
];

/** The row that a way of saying a verb belongs to: `roll back` and `rollback` → rollback. */
export const rowSaid = (words: string): Row | undefined => rows.find((row) => row.says.includes(words));

const clauseUsage = (row: Row) => (word: ClauseWord) => {
  const clause = `${word} ${clauseValue[word]}`;
  return row.needs.includes(word) ? clause : `[${clause}]`;
};

/** What follows the verb in a usage line; commands that share it share a line of help. */
export const usageAfterVerb = (row: Row): string => [row.head, ...row.clauses.map(clauseUsage(row))].join(' ').trim();

/** `roll back <service> [in] <env> [to <version|revision>] [because <reason>]` */
export const usage = (row: Row): string => `${row.says[0]} ${usageAfterVerb(row)}`.trim();
