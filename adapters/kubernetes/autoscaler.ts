import type { V2HorizontalPodAutoscaler } from '@kubernetes/client-node';
import type { Place } from '../../src/release/plan.ts';
import type { KubeClient } from './client.ts';
import { autoscalers, type Resource, workloads } from './resource.ts';

/** Finds the HorizontalPodAutoscaler that owns a workload's replicas, in whichever version this cluster has. */
export class Autoscalers {
  readonly #client: KubeClient;
  #known: Resource | undefined;

  constructor(client: KubeClient) {
    this.#client = client;
  }

  /** Its name; undefined when there is none. Throws TerminalError `forbidden` when we cannot know. */
  async of(place: Place): Promise<string | undefined> {
    if (place.kind === 'daemonset') return undefined;
    const { kind } = workloads[place.kind];
    const all = await this.#all(place.namespace);
    const owns = ({ spec }: V2HorizontalPodAutoscaler) =>
      spec?.scaleTargetRef.kind === kind && spec.scaleTargetRef.name === place.name;
    return all.find(owns)?.metadata?.name;
  }

  async #all(namespace: string): Promise<V2HorizontalPodAutoscaler[]> {
    for (const resource of this.#known ? [this.#known] : autoscalers) {
      const call = { verb: 'list', resource, namespace };
      const answer = await this.#client.read<{ items: V2HorizontalPodAutoscaler[] }>(call);
      if (!answer) continue;
      this.#known = resource;
      return answer.body.items;
    }
    return [];
  }
}
