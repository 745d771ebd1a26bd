import type { CoreV1Event, V1ContainerStatus, V1Pod } from '@kubernetes/client-node';
import type { Finding } from '../../src/deployment/rollout.ts';
import type { Evidence } from '../../src/release/event.ts';
import { type Place, placeKey } from '../../src/release/plan.ts';
import { redactLine, redactLines } from '../../src/release/redact.ts';
import { eventQuery } from './cache.ts';
import type { KubeClient } from './client.ts';
import { isReady } from './pods.ts';
import { isMissingRight } from './problem.ts';
import { events, pods } from './resource.ts';
import { cite, factsAbout, readEvents } from './rollout-events.ts';

/** Log lines for each container. */
const lines = 25;

type Log = Evidence['logs'][number];

interface Search {
  client: KubeClient;
  place: Place;
  /** What could not be had, in words. */
  missing: Set<string>;
}

/**
 * Logs and events around a finding, all asked for at once. Answers within `timeoutMs` with what came by then, and names
 * what is missing. Throws nothing: evidence must never delay the way back.
 *
 * @param podsOf finds the workload's pods when the finding names none
 */
export async function gatherEvidence(
  client: KubeClient,
  place: Place,
  finding: Finding,
  timeoutMs: number,
  podsOf: () => Promise<V1Pod[]>,
): Promise<Evidence> {
  const search: Search = { client, place, missing: new Set() };
  const logs: Log[] = [];
  let facts = finding.events;
  const suspected = suspects(search, finding, podsOf);
  const work = [
    (async () => {
      for (const pod of await suspected) await addLogs(search, pod, finding, logs);
    })(),
    (async () => {
      facts = await eventsAround(search, finding, suspected);
    })(),
  ];
  const done = Promise.allSettled(work.map((w) => w.catch((e) => note(search, e))));
  if (!(await within(timeoutMs, done))) search.missing.add(`what the cluster did not say within ${timeoutMs / 1000} s`);
  return { finding: clean(finding, facts), place: placeKey(place), logs: [...logs], missing: [...search.missing] };
}

const note = ({ missing }: Search, error: unknown) =>
  missing.add(redactLine(error instanceof Error ? error.message : String(error), 200));

async function within(ms: number, work: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  const result = await Promise.race([work.then(() => true), late]);
  clearTimeout(timer);
  return result;
}

async function suspects(search: Search, finding: Finding, podsOf: () => Promise<V1Pod[]>): Promise<V1Pod[]> {
  if (!finding.pod) return (await podsOf()).filter((pod) => !isReady(pod)).slice(0, 2);
  const { client, place } = search;
  const call = { verb: 'get', resource: pods, namespace: place.namespace, name: finding.pod };
  const answer = await client.read<V1Pod>(call);
  if (!answer) search.missing.add(`no logs: pod ${finding.pod} does not exist any more`);
  return answer ? [answer.body] : [];
}

async function addLogs(search: Search, pod: V1Pod, finding: Finding, logs: Log[]): Promise<void> {
  const wanted = statusesOf(pod).filter((s) => (finding.container ? s.name === finding.container : !s.ready));
  const found = await Promise.all(wanted.map((status) => logOf(search, pod, status)));
  logs.push(...found.filter((log) => log !== undefined));
}

const statusesOf = (pod: V1Pod): V1ContainerStatus[] => [
  ...(pod.status?.initContainerStatuses ?? []),
  ...(pod.status?.containerStatuses ?? []),
];

/** Of the run that ended, where one did: the present one has said nothing yet. */
async function logOf(search: Search, pod: V1Pod, status: V1ContainerStatus): Promise<Log | undefined> {
  const running = status.state?.running !== undefined;
  const previous = status.restartCount > 0 && (running || status.state?.waiting !== undefined);
  const text =
    (await readLog(search, pod, status.name, previous)) ??
    (previous && (await readLog(search, pod, status.name, false)));
  if (!text) return undefined;
  return { pod: pod.metadata?.name ?? '', container: status.name, previous, lines: redactLines(text, lines) };
}

async function readLog({ client, place, missing }: Search, pod: V1Pod, container: string, previous: boolean) {
  const call = { verb: 'get', resource: pods, namespace: place.namespace, name: pod.metadata?.name, sub: 'log' };
  const query = { container, previous, tailLines: lines * 2, limitBytes: 65_536 };
  const answer = await client.askText({ ...call, query });
  if (answer.ok) return answer.body;
  if (isMissingRight(answer)) missing.add('no logs: not allowed to read pods/log');
  else if (!previous) missing.add(`no logs of container ${container}: ${answer.message}`);
  return undefined;
}

async function eventsAround(
  { client, place, missing }: Search,
  finding: Finding,
  suspected: Promise<V1Pod[]>,
): Promise<Finding['events']> {
  const call = { verb: 'list', resource: events, namespace: place.namespace };
  const about = finding.pod ? `,involvedObject.name=${finding.pod}` : '';
  const answer = await client.ask<{ items: CoreV1Event[] }>({
    ...call,
    query: { fieldSelector: eventQuery.fieldSelector + about, limit: 500 },
  });
  if (!answer.ok) {
    missing.add(isMissingRight(answer) ? 'no events: not allowed to list events' : `no events: ${answer.message}`);
    return finding.events;
  }
  if (!finding.pod) return finding.events;
  // By uid: a StatefulSet's pod has the name of the one that ran well before it.
  const [pod] = await suspected.catch(() => []);
  const found = cite(factsAbout(readEvents(answer.body.items), 'Pod', { name: finding.pod, uid: pod?.metadata?.uid }));
  return found.length > 0 ? found : finding.events;
}

const clean = (finding: Finding, facts: Finding['events']): Finding => ({
  ...finding,
  message: redactLine(finding.message, 500),
  events: facts.map((event) => ({ ...event, message: redactLine(event.message, 500) })),
});
