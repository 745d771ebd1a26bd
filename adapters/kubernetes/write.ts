import { type Refusal, refuse, TerminalError, TransientError } from '../../src/errors.ts';
import type { ClusterChange } from '../../src/ports.ts';
import type { Autoscalers } from './autoscaler.ts';
import { changed, touchesReplicas } from './change.ts';
import type { Answer, Ask, KubeClient } from './client.ts';
import { isMissingRight } from './problem.ts';
import { say, workloads } from './resource.ts';
import type { WorkloadObject } from './sight.ts';
import { fieldManager } from './writers.ts';

/** How often a lost race is run again before it is left to the next look. */
const rounds = 8;

interface Tried {
  ask: Ask;
  /** Undefined when there was nothing to write. */
  answer: Answer<WorkloadObject> | undefined;
}

/**
 * Reads, judges, and writes under the resourceVersion that was read: a process that was frozen in between gets 409, and
 * judges again. Whoever got no answer calls again with the same op, which is then recognised.
 */
export async function write(
  client: KubeClient,
  autoscalers: Autoscalers,
  change: ClusterChange,
): Promise<{ applied: boolean }> {
  for (let round = 0; round < rounds; round++) {
    const { ask, answer } = await attempt(client, autoscalers, change, false);
    if (answer === undefined) return { applied: false };
    if (answer.ok) return { applied: true };
    if (answer.status !== 409) throw client.refused(ask, answer);
  }
  throw new TransientError(`${say(change.place)} changes faster than it can be written (${rounds} conflicts)`);
}

/** The same change, judged by the API server and its admission, without being written. */
export async function dryWrite(
  client: KubeClient,
  autoscalers: Autoscalers,
  change: ClusterChange,
): Promise<Refusal | undefined> {
  const { ask, answer } = await attempt(client, autoscalers, change, true);
  if (answer === undefined || answer.ok || answer.status === 409) return undefined;
  if (isMissingRight(answer)) throw client.refused(ask, answer);
  return refuse(
    'dry-run',
    `The API server would not take this change to ${say(change.place)}: ${cleaned(answer.message)}`,
    'Mend what it names in the workload or the version, then ask again.',
  );
}

async function attempt(
  client: KubeClient,
  autoscalers: Autoscalers,
  change: ClusterChange,
  dry: boolean,
): Promise<Tried> {
  const { place } = change;
  const { resource } = workloads[place.kind];
  const ask = { verb: 'update', resource, namespace: place.namespace, name: place.name };
  const [read, autoscaler] = await Promise.all([
    client.read<WorkloadObject>({ ...ask, verb: 'get' }),
    touchesReplicas(change) ? replicasOwner(autoscalers, change) : undefined,
  ]);
  if (!read)
    throw new TerminalError(
      'gone',
      `${say(place)} does not exist any more`,
      'Create it again, then ask for the release again.',
    );
  const body = changed(read.body, change, autoscaler);
  if (!body) return { ask, answer: undefined };
  const query = { fieldManager, dryRun: dry ? 'All' : undefined };
  return { ask, answer: await client.ask<WorkloadObject>({ ...ask, body, query }) };
}

/** Where we may not know, a return leaves replicas alone rather than fail; a change of replicas is refused. */
async function replicasOwner(autoscalers: Autoscalers, { place, set }: ClusterChange): Promise<string | undefined> {
  try {
    return await autoscalers.of(place);
  } catch (error) {
    if (set.what !== 'template' || !(error instanceof TerminalError && error.code === 'forbidden')) throw error;
    return 'that we may not read';
  }
}

/** `Deployment.apps "payments" is invalid: spec…: Invalid value: …` without what the sentence around it says. */
const cleaned = (message: string): string => message.replace(/^\S+ "[^"]+" is invalid: /, '').replace(/\.$/, '');
