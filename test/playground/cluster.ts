import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { workloads } from '../../adapters/kubernetes/resource.ts';
import { eventually, Hands } from '../servers/cluster.ts';
import type { Pod } from '../servers/kubernetes/object.ts';
import { type Kubernetes, startKubernetes } from '../servers/kubernetes/server.ts';
import { startRegistry } from '../servers/registry.ts';
import { deployment, namespace, replicas } from './release-file.ts';

/** Where `payments` runs 2.4.0, before anybody releases anything. */
export interface Ground {
  /** `127.0.0.1:port`: the host of image names. */
  registry: string;
  kubeconfig: string;
  /** The versions of the pods that are ready, each once. */
  serving(): string[];
}

/** A rollout one pod at a time takes twice as long as Teams' cards stand still, so that one moves in its middle. */
const readyMs = 2_000;

/** The stand-ins of Kubernetes and of a registry, in this process. @param folder for the kubeconfig */
export async function openGround(folder: string): Promise<Ground> {
  const registry = await startRegistry();
  onTestFinished(() => registry.close());
  const kubernetes = await startKubernetes({ readyMs, backoffMs: 1_000, terminateMs: 50 });
  onTestFinished(() => kubernetes.close());
  const kubeconfig = join(folder, 'kubeconfig');
  await writeFile(kubeconfig, kubernetes.kubeconfig);
  const [first] = ['2.4.0', '2.4.1', '2.5.0-crash'].map((version) => registry.push('payments', version));
  const hands = new Hands({ kubeconfig });
  onTestFinished(() => hands.close());
  const image = `${registry.host}/payments:2.4.0@${first}`;
  await hands.create(workloads.deployment.resource, namespace, deployment(image));
  await eventually('payments to be up', async () => readyPods(kubernetes).length === replicas);
  return {
    registry: registry.host,
    kubeconfig,
    serving: () => [...new Set(readyPods(kubernetes).map(versionOf))].toSorted(),
  };
}

const readyPods = ({ store }: Kubernetes): Pod[] =>
  store.list<Pod>('pods', namespace).filter(({ status }) => status?.containerStatuses?.every(({ ready }) => ready));

/** `2.4.1` of `127.0.0.1:40123/payments:2.4.1@sha256:…` */
const versionOf = ({ spec }: Pod): string => spec.containers[0]!.image.split('@')[0]!.split(':').at(-1)!;
