import { KubeConfig, type V1Pod, type V1PodTemplateSpec, Watch } from '@kubernetes/client-node';

/** A workload as far as the stories look at it. */
export interface WorkloadSeen {
  metadata: {
    name: string;
    namespace: string;
    generation: number;
    annotations?: Record<string, string>;
    managedFields?: { manager?: string; time?: string }[];
  };
  spec: { replicas?: number; paused?: boolean; template: V1PodTemplateSpec };
  status?: { availableReplicas?: number };
}

interface Seen<T> {
  /** When it reached us, ms of this machine's clock. */
  at: number;
  type: string;
  object: T;
}

/** One of our writes, known by its operation id. */
export interface Write {
  at: number;
  op: string;
  namespace: string;
  generation: number;
  images: string[];
}

/** Everything the API server told about pods and workloads of some namespaces, in order. */
export interface Diary {
  pods: Seen<V1Pod>[];
  workloads: Seen<WorkloadSeen>[];
  writes: () => Write[];
  /** The pods that there are now and that are not being deleted. */
  running: () => V1Pod[];
  close(): void;
}

const kinds = ['deployments', 'statefulsets', 'daemonsets'];

/** Watches from now on, what exists included. */
export async function keepDiary(kubeconfig: string, namespaces: string[]): Promise<Diary> {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  const watch = new Watch(config);
  const diary = { pods: [] as Seen<V1Pod>[], workloads: [] as Seen<WorkloadSeen>[] };
  const open = new Map<string, AbortController>();
  const closed = new AbortController();
  // client-node ends a watch after 30 s in which nothing was said: it begins again, with what exists.
  const follow = async <T>(path: string, into: Seen<T>[]): Promise<void> => {
    const note = (type: string, object: T) => into.push({ at: Date.now(), type, object });
    // Not at once, or a server that closes each watch would be asked without a pause.
    const again = () => closed.signal.aborted || follow(path, into).catch(() => undefined);
    open.set(path, await watch.watch(path, {}, note, () => setTimeout(again, 100).unref()));
  };
  await Promise.all(
    namespaces.flatMap((namespace) => [
      follow(`/api/v1/namespaces/${namespace}/pods`, diary.pods),
      ...kinds.map((kind) => follow(`/apis/apps/v1/namespaces/${namespace}/${kind}`, diary.workloads)),
    ]),
  );
  return {
    ...diary,
    writes: () => writesIn(diary.workloads),
    running: () => runningIn(diary.pods),
    close: () => {
      closed.abort();
      for (const one of open.values()) one.abort();
    },
  };
}

const opAnnotation = 'release-engineer.dev/op';

function writesIn(workloads: Seen<WorkloadSeen>[]): Write[] {
  const last = new Map<string, string>();
  return workloads.flatMap(({ at, object }) => {
    const { annotations, namespace, name, generation } = object.metadata;
    const op = annotations?.[opAnnotation];
    if (op === undefined || last.get(`${namespace}/${name}`) === op) return [];
    last.set(`${namespace}/${name}`, op);
    return [{ at, op, namespace, generation, images: imagesOf(object.spec.template) }];
  });
}

/** Whether a write is one of the way back. */
export const isReturn = ({ op }: Write): boolean => op.includes('.return.');

function runningIn(pods: Seen<V1Pod>[]): V1Pod[] {
  const last = new Map(pods.map((seen) => [seen.object.metadata?.uid, seen]));
  return [...last.values()]
    .filter(({ type, object }) => type !== 'DELETED' && object.metadata?.deletionTimestamp === undefined)
    .map(({ object }) => object);
}

/** Images of a template, init containers first. */
const imagesOf = ({ spec }: V1PodTemplateSpec): string[] =>
  [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])].map((container) => container.image ?? '');
