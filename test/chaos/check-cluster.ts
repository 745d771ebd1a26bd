import { isDeepStrictEqual } from 'node:util';
import { type Evidence, groupBy, type Violation, violation } from './check.ts';
import type { ClusterWrite } from './cluster-log.ts';

/** I2, I3, I5 from the cluster's side: each operation once, one release after the other, fences that only rise. */
export function checkWrites({
  writes,
  complete,
  ledger,
}: Pick<Evidence, 'writes' | 'complete' | 'ledger'>): Violation[] {
  const starts = startOrder(ledger);
  return [
    ...repeated(writes),
    ...writes.flatMap(foreign),
    ...[...groupBy(writes, ({ workload }) => workload)].flatMap(([workload, all]) => [
      ...fences(workload, all),
      ...interleaved(workload, all),
      ...(complete ? unordered(workload, all, starts) : []),
    ]),
  ];
}

/** One operation changes what runs at a workload once; its mark may be renewed, as when a resume raises the fence. */
export const repeated = (writes: ClusterWrite[]): Violation[] =>
  [
    ...groupBy(
      writes.filter(({ spec }) => spec),
      ({ after, workload }) => `${after.op} on ${workload}`,
    ),
  ].flatMap(([op, same]) =>
    same.length > 1 ? [violation('duplicated', `${op} was written ${same.length} times`)] : [],
  );

function foreign({ after, manager, workload }: ClusterWrite): Violation[] {
  if (manager === 'release-engineer' && after.op && after.release && after.fence) return [];
  return [violation('overlapping', `${manager} wrote ${workload} without a mark: ${JSON.stringify(after)}`)];
}

function fences(workload: string, writes: ClusterWrite[]): Violation[] {
  return writes.flatMap(({ before, after }) =>
    Number(after.fence) < Number(before.fence ?? 0)
      ? [violation('out of order', `${workload}: fence ${before.fence} became ${after.fence} (${after.op})`)]
      : [],
  );
}

/** Once another release has written, the one before never writes again. */
export function interleaved(workload: string, writes: ClusterWrite[]): Violation[] {
  const order: string[] = [];
  return writes.flatMap(({ after }) => {
    const release = after.release ?? '';
    if (order.at(-1) === release) return [];
    const again = order.includes(release);
    order.push(release);
    return again ? [violation('overlapping', `${workload}: ${release} wrote after ${order.at(-2)} had begun`)] : [];
  });
}

/** Every release by when it started, over the whole ledger. */
function startOrder({ audit }: Evidence['ledger']): Map<string, number> {
  return new Map(audit.flatMap(({ action, subject }, n) => (action === 'started' ? [[subject, n] as const] : [])));
}

function unordered(workload: string, writes: ClusterWrite[], starts: Map<string, number>): Violation[] {
  return writes.flatMap(({ before, after }) => {
    const [earlier, later] = [starts.get(before.release ?? ''), starts.get(after.release ?? '')];
    if (later === undefined)
      return [violation('out of order', `${workload}: ${after.release} wrote and never started`)];
    return earlier !== undefined && earlier > later
      ? [violation('out of order', `${workload}: ${after.release} wrote after ${before.release}, which started later`)]
      : [];
  });
}

interface Kept {
  template: { spec: { containers: { name: string; image: string }[] } };
}

/** I9: whatever says that it went back wrote exactly the images that were sealed; the last ones stand there whole. */
export function checkRestored({ ledger, writes, templates, complete }: Evidence): Violation[] {
  const byWorkload = groupBy(writes, ({ workload }) => workload);
  return ledger.releases.flatMap(({ id, snapshot }) => {
    const returned = snapshot.phase === 'rolled-back';
    const wentBack = returned || (snapshot.kind === 'rollback' && snapshot.phase === 'succeeded');
    if (!wentBack || !snapshot.plan) return [];
    return snapshot.plan.places.flatMap((place, index) => {
      if (returned && !snapshot.touched.includes(index)) return [];
      const { namespace, kind, name } = place.place;
      const workload = `${namespace}/${kind}/${name}`;
      const record = returned ? place.returnPoint.record : place.template!;
      const kept = ledger.records.get(record) as Kept | undefined;
      if (!kept) return [violation('not restored', `${id}: the record ${record} is gone`)];
      const all = byWorkload.get(workload) ?? [];
      const last = all.findLast(({ after }) => after.release === id);
      if (!last) return complete ? [violation('not restored', `${id} never wrote ${workload}`)] : [];
      const images = Object.fromEntries(kept.template.spec.containers.map((one) => [one.name, one.image]));
      if (!isDeepStrictEqual(images, last.images))
        return [violation('not restored', `${id} left ${JSON.stringify(last.images)} on ${workload}`)];
      if (all.at(-1) === last && !isDeepStrictEqual(templates.get(workload), kept.template))
        return [violation('not restored', `${workload} does not carry the template that ${id} sealed`)];
      return [];
    });
  });
}

const suspicious = [
  'workload-unsettled',
  'ledger-lost',
  'taken-over',
  'stale-fence',
  'replaced',
  'gone',
  'ledger-restored',
  'misconfigured',
];

/** Nobody else writes here and every good version is good: other verdicts and troubles need an explanation. */
export function checkVerdicts({ ledger, bad }: Evidence): Violation[] {
  return ledger.releases.flatMap(({ id, events, snapshot }) =>
    events.flatMap(({ event, rev }) => {
      if (event.type === 'verdict-failed' && !bad.has(snapshot.plan?.to ?? ''))
        return [
          violation('wrong verdict', `${id}@${rev}: ${snapshot.plan?.to} is good, yet: ${event.finding.message}`),
        ];
      const code =
        event.type === 'errored' || event.type === 'recovery-failed'
          ? event.trouble.code
          : event.type === 'refused' || event.type === 'failed-before-write'
            ? event.refusal.code
            : '';
      if (!suspicious.includes(code)) return [];
      return [violation('wrong verdict', `${id}@${rev}: ${code} ${JSON.stringify(event)}`.slice(0, 400))];
    }),
  );
}
