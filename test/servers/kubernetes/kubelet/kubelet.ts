import type { Cluster } from '../cluster.ts';
import { recordEvent } from '../events.ts';
import { sha256 } from '../json.ts';
import type { Container, ContainerStatus, Pod } from '../object.ts';
import { type Life, lifeOf, type Moment } from './container-life.ts';
import { podStatus } from './pod-status.ts';

/** What one pod's containers said last. Ends with the pod. */
interface Care {
  name: string;
  namespace: string;
  statuses: Map<string, ContainerStatus>;
  ip: string;
  ended: boolean;
}

/** Starts pods that have a node, moves them through what their images do, and ends those that are being deleted. */
export function startKubelet(cluster: Cluster): void {
  const cares = new Map<string, Care>();
  cluster.store.subscribe(({ type, plural, object }) => {
    if (plural !== 'pods') return;
    const pod = object as Pod;
    const { uid } = pod.metadata;
    if (type === 'DELETED') {
      const care = cares.get(uid);
      if (care) care.ended = true;
      cares.delete(uid);
    } else if (pod.metadata.deletionTimestamp) stop(cluster, pod, cares.get(uid));
    else if (pod.spec.nodeName && !cares.has(uid)) cares.set(uid, begin(cluster, pod, cares.size));
  });
}

function begin(cluster: Cluster, pod: Pod, nth: number): Care {
  const { name, namespace = '', uid } = pod.metadata;
  const at = Number.parseInt(sha256(uid).slice(0, 4), 16) + nth;
  const ip = `10.88.${(at >> 8) & 255}.${at & 255}`;
  const care: Care = { name, namespace, statuses: new Map(), ip, ended: false };
  cluster.clock.after(0, () => runInit(cluster, care, pod, 0));
  return care;
}

/** Init containers one after the other, then all containers at once. */
function runInit(cluster: Cluster, care: Care, pod: Pod, at: number): void {
  const container = pod.spec.initContainers?.[at];
  if (container) run(cluster, care, pod, container, true, () => runInit(cluster, care, pod, at + 1));
  else for (const each of pod.spec.containers) run(cluster, care, pod, each, false, () => {});
}

function run(cluster: Cluster, care: Care, pod: Pod, container: Container, init: boolean, done: () => void): void {
  const moments = lifeOf(lifeFor(cluster, pod, container, init));
  const next = () => {
    const { value, done: over } = moments.next();
    if (over || care.ended) return;
    publish(cluster, care, container, init, value);
    if (init && (value.status.state.terminated as { exitCode?: number } | undefined)?.exitCode === 0) done();
    else cluster.clock.after(value.after, next);
  };
  next();
}

function lifeFor({ images, clock, pace }: Cluster, pod: Pod, container: Container, init: boolean): Life {
  return {
    pod,
    container,
    init,
    behaviour: images.behaviour(container.image),
    imageID: images.id(container.image),
    containerID: (start) => `containerd://${sha256(`${pod.metadata.uid} ${container.name} ${start}`)}`,
    stamp: () => clock.stamp(),
    startMs: pace.readyMs,
    backoffMs: pace.backoffMs,
  };
}

function publish(cluster: Cluster, care: Care, container: Container, init: boolean, { status, events }: Moment): void {
  const pod = cluster.store.get<Pod>('pods', care.namespace, care.name);
  if (!pod || pod.metadata.deletionTimestamp) return;
  const key = init ? `init ${container.name}` : container.name;
  if (care.statuses.get(key) !== status) {
    care.statuses.set(key, status);
    cluster.store.put('pods', { ...pod, status: podStatus(pod, care.statuses, cluster.clock.stamp(), care.ip) });
  }
  const fieldPath = `spec.${init ? 'initContainers' : 'containers'}{${container.name}}`;
  const host = pod.spec.nodeName;
  for (const event of events) recordEvent(cluster, pod, { ...event, component: 'kubelet', host, fieldPath });
}

function stop(cluster: Cluster, pod: Pod, care: Care | undefined): void {
  if (care?.ended) return;
  if (care) care.ended = true;
  for (const { name } of pod.spec.containers) {
    const fieldPath = `spec.containers{${name}}`;
    const message = `Stopping container ${name}`;
    recordEvent(cluster, pod, {
      type: 'Normal',
      reason: 'Killing',
      message,
      component: 'kubelet',
      host: pod.spec.nodeName,
      fieldPath,
    });
  }
  cluster.clock.after(care ? cluster.pace.terminateMs : 0, () => {
    const still = cluster.store.get('pods', pod.metadata.namespace, pod.metadata.name);
    if (still?.metadata.uid === pod.metadata.uid) cluster.store.remove('pods', still);
  });
}
