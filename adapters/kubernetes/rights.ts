import type { KubeClient } from './client.ts';
import { autoscalers, events, pods, type Resource, workloads } from './resource.ts';

interface Right {
  resource: Resource;
  sub?: string;
  verbs: string[];
  /** What is lost without it. */
  lost: string;
}

const read = ['get', 'list', 'watch'];
const inDanger = 'a failing rollout cannot be told from a good one';

/** Everything we ever ask of a namespace, one a line. */
const rights: Right[] = [
  ...Object.values(workloads).map(({ resource }) => ({
    resource,
    verbs: [...read, 'update'],
    lost: `${resource.plural} cannot be released`,
  })),
  { resource: workloads.deployment.past, verbs: ['list', 'watch'], lost: 'Deployments cannot be judged or returned' },
  {
    resource: workloads.statefulset.past,
    verbs: ['list', 'watch'],
    lost: 'StatefulSets and DaemonSets cannot be judged or returned',
  },
  { resource: pods, verbs: read, lost: inDanger },
  { resource: pods, verbs: ['delete'], lost: 'a StatefulSet that is stuck on a broken pod cannot be returned' },
  { resource: pods, sub: 'log', verbs: ['get'], lost: 'evidence comes without logs' },
  { resource: events, verbs: ['list', 'watch'], lost: 'evidence comes without events, and some causes stay unknown' },
  { resource: autoscalers[0]!, verbs: ['list'], lost: 'replicas are left alone, and a step that scales is refused' },
];

/** Asks the API server itself what we may do. One line for each right that is missing: what, where, and what is lost. */
export async function missingRights(client: KubeClient, namespaces: string[]): Promise<string[]> {
  const asked = namespaces.flatMap((namespace) => rights.map((right) => missingOf(client, namespace, right)));
  return (await Promise.all(asked)).filter((line) => line !== undefined);
}

async function missingOf(client: KubeClient, namespace: string, right: Right): Promise<string | undefined> {
  const allowed = await Promise.all(right.verbs.map((verb) => isAllowed(client, namespace, right, verb)));
  const missing = right.verbs.filter((_, at) => !allowed[at]);
  if (missing.length === 0) return undefined;
  const what = right.resource.plural + (right.sub ? `/${right.sub}` : '');
  return `${namespace}: not allowed to ${missing.join(', ')} ${what}: ${right.lost}`;
}

const reviews: Resource = { group: 'authorization.k8s.io', version: 'v1', plural: 'selfsubjectaccessreviews' };

async function isAllowed(client: KubeClient, namespace: string, { resource, sub }: Right, verb: string) {
  const { group, plural } = resource;
  const body = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    spec: { resourceAttributes: { namespace, verb, group, resource: plural, subresource: sub } },
  };
  const call = { verb: 'create', resource: reviews };
  const answer = await client.ask<{ status?: { allowed?: boolean } }>({ ...call, body });
  if (!answer.ok) throw client.refused(call, answer);
  return answer.body.status?.allowed === true;
}
