import { type ApiError, badRequest } from '../api/api-error.ts';
import type { ContainerStatus, Pod } from '../object.ts';
import type { Behaviour, Images } from './images.ts';

export interface LogRequest {
  container?: string;
  previous: boolean;
  tailLines?: number;
  limitBytes?: number;
}

const lines: { [behaviour in Behaviour]?: string[] } = {
  good: ['level=info msg="starting"', 'level=info msg="listening on :8080"'],
  crash: [
    'level=info msg="starting"',
    'level=fatal msg="cannot run migrations: relation ledger_entries does not exist"',
  ],
  unready: ['level=info msg="starting"', 'level=warn msg="not ready: ledger is not reachable"'],
  oom: ['level=info msg="starting"', 'level=warn msg="ledger cache grew to 48 MiB"'],
};

/** What the container wrote, by what its image does. Errors: 400 as the API server says when there is nothing to read. */
export function readLog(pod: Pod, images: Images, request: LogRequest): string {
  const name = request.container ?? onlyContainer(pod);
  const status = statusOf(pod, name);
  const run = request.previous
    ? status?.lastState.terminated
    : (status?.state.running ?? status?.state.terminated ?? status?.lastState.terminated);
  if (!run) throw unreadable(pod, name, status, request.previous);
  const container = [...pod.spec.containers, ...(pod.spec.initContainers ?? [])].find((each) => each.name === name)!;
  const head = `${(run as { startedAt: string }).startedAt.replace('Z', '.000Z')} `;
  const tag = images.tag(container.image);
  const text = (lines[images.behaviour(container.image)] ?? []).map(
    (line) => `${head}${line} app=${name} version=${tag}\n`,
  );
  const tail = request.tailLines === undefined ? text : text.slice(Math.max(0, text.length - request.tailLines));
  return tail.join('').slice(0, request.limitBytes);
}

function onlyContainer({ metadata, spec }: Pod): string {
  if (spec.containers.length === 1) return spec.containers[0]!.name;
  const names = spec.containers.map(({ name }) => name).join(' ');
  throw badRequest(`a container name must be specified for pod ${metadata.name}, choose one of: [${names}]`);
}

function statusOf({ metadata, spec, status }: Pod, name: string): ContainerStatus | undefined {
  const known = [...spec.containers, ...(spec.initContainers ?? [])].some((container) => container.name === name);
  if (!known) throw badRequest(`container ${name} is not valid for pod ${metadata.name}`);
  return [...(status?.containerStatuses ?? []), ...(status?.initContainerStatuses ?? [])].find(
    (entry) => entry.name === name,
  );
}

function unreadable({ metadata }: Pod, name: string, status: ContainerStatus | undefined, previous: boolean): ApiError {
  if (previous) return badRequest(`previous terminated container "${name}" in pod "${metadata.name}" not found`);
  const waiting = status?.state.waiting as { reason?: string } | undefined;
  const why = waiting?.reason?.includes('Pull')
    ? 'trying and failing to pull image'
    : (waiting?.reason ?? 'ContainerCreating');
  return badRequest(`container "${name}" in pod "${metadata.name}" is waiting to start: ${why}`);
}
