import type { Finding } from '../../src/deployment/rollout.ts';
import type { Evidence } from '../../src/release/event.ts';
import { type Place, placeKey } from '../../src/release/plan.ts';
import { eventsOf } from './cluster-judge.ts';
import type { SimWorkload } from './cluster-workload.ts';

/** What a simulated pod said before it failed. */
export function evidenceOf(
  w: SimWorkload | undefined,
  place: Place,
  finding: Finding,
  now: number,
  logsForbidden: boolean,
): Evidence {
  const pod = w?.pods.find((each) => each.name === finding.pod);
  const missing: string[] = [];
  if (finding.pod && !pod) missing.push(`no logs: pod ${finding.pod} does not exist any more`);
  if (logsForbidden) missing.push('no logs: not allowed to read pods/log');
  const events = pod ? eventsOf(pod, now) : [];
  return {
    finding: { ...finding, events: events.length > 0 ? events : finding.events },
    place: placeKey(place),
    logs: pod && !logsForbidden && pod.behaviour.log.length > 0 ? [logOf(pod, finding)] : [],
    missing,
  };
}

const logOf = (pod: SimWorkload['pods'][number], finding: Finding): Evidence['logs'][number] => ({
  pod: pod.name,
  container: pod.container,
  previous: (finding.restarts ?? 0) > 0,
  lines: pod.behaviour.log,
});
