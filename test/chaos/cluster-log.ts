import { readFile } from 'node:fs/promises';
import type { Hands } from '../servers/cluster.ts';
import type { Mutation } from '../servers/kubernetes/mutations.ts';
import type { Estate, WorkloadSpec } from './estate.ts';

/** One write to a workload, as the cluster saw it. */
export interface ClusterWrite {
  /** The order in which the cluster took them, within one workload. */
  n: number;
  /** `namespace/kind/name` */
  workload: string;
  /** Ours, without their prefix: release, op, fence. */
  before: Record<string, string>;
  after: Record<string, string>;
  images: Record<string, string>;
  /** Whether it changed what runs, not only our mark. */
  spec: boolean;
  manager: string;
}

/** The cluster's own account of who wrote what. */
export interface ClusterLog {
  /** Whether it can have missed a write between two others (a watch may). */
  complete: boolean;
  read(): Promise<ClusterWrite[]>;
  close(): Promise<void>;
}

const prefix = 'release-engineer.dev/';
const bare = (annotations: Record<string, string> | undefined): Record<string, string> =>
  Object.fromEntries(
    Object.entries(annotations ?? {})
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, value]) => [key.slice(prefix.length), value]),
  );

/** The stand-in keeps every write of every client, in a file that survives it. */
export const standInLog = (file: string): ClusterLog => ({
  complete: true,
  close: async () => undefined,
  read: async () => {
    const lines = (await readFile(file, 'utf8')).split('\n').filter(Boolean);
    return lines.map((line) => JSON.parse(line) as Mutation).flatMap(writeOf);
  },
});

function writeOf({
  n,
  namespace,
  kind,
  name,
  verb,
  annotations,
  images,
  fieldManager,
  changed,
}: Mutation): ClusterWrite[] {
  if (kind === 'Pod' || verb === 'create' || verb === 'delete') return [];
  return [
    {
      n,
      workload: `${namespace}/${kind.toLowerCase()}/${name}`,
      before: bare(annotations.before),
      after: bare(annotations.after),
      images: images.after,
      spec: changed.includes('spec'),
      manager: fieldManager,
    },
  ];
}

type Body = NonNullable<Awaited<ReturnType<Hands['read']>>>;

/**
 * A real API server keeps no log: every workload is read again and again, and each new mark is a write. Two writes
 * within one round look like one, so what is proven here is weaker, and the table says so.
 */
export async function watchedLog(hands: Hands, estate: Estate): Promise<ClusterLog> {
  const writes: ClusterWrite[] = [];
  const last = new Map<string, { mark: Record<string, string>; generation: number }>();
  const stopped = new AbortController();
  const look = async (spec: WorkloadSpec): Promise<void> => {
    const body = await hands.read({ cluster: 'eu', ...spec }).catch(() => undefined);
    if (body) note(spec, body);
  };
  const note = (spec: WorkloadSpec, body: Body): void => {
    const workload = `${spec.namespace}/${spec.kind}/${spec.name}`;
    const after = bare(body.metadata.annotations);
    const generation = body.metadata.generation ?? 0;
    const { mark: before, generation: earlier } = last.get(workload) ?? { mark: {}, generation };
    last.set(workload, { mark: after, generation });
    if (after.op === before.op) return;
    const manager = managerOf(body);
    writes.push({
      n: writes.length + 1,
      workload,
      before,
      after,
      images: imagesOf(body),
      spec: generation !== earlier,
      manager,
    });
  };
  const round = () => Promise.all(estate.workloads.map(look));
  const watching = (async () => {
    while (!stopped.signal.aborted) {
      await round();
      // A real API server keeps no log of writes that we could wait for, so it is asked again and again.
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  })();
  return {
    complete: false,
    read: async () => {
      await round();
      return [...writes];
    },
    close: async () => {
      stopped.abort();
      await watching;
    },
  };
}

/** Who holds our own mark on it. */
const managerOf = ({ metadata }: Body): string =>
  metadata.managedFields?.find((entry) => JSON.stringify(entry.fieldsV1 ?? {}).includes(`f:${prefix}op`))?.manager ??
  '';

function imagesOf({ spec }: Body): Record<string, string> {
  const { containers } = (spec as { template: { spec: { containers: { name: string; image: string }[] } } }).template
    .spec;
  return Object.fromEntries(containers.map(({ name, image }) => [name, image]));
}
