import type { V1ControllerRevision, V1Pod, V1PodTemplateSpec, V1ReplicaSet } from '@kubernetes/client-node';
import type { Revision } from '../../src/ports.ts';
import { containersOf, withDigests } from './images.ts';
import { readMark } from './mark.ts';
import { instant } from './rollout-clock.ts';
import type { RolloutObjects } from './rollout-revision.ts';
import { sidesOf } from './rollout-revision.ts';

/** The past states that the cluster keeps, newest first: ReplicaSets of a Deployment, else ControllerRevisions. */
export function revisionsOf(objects: RolloutObjects): Revision[] {
  const uid = objects.workload.metadata?.uid;
  const mine = (o: { metadata?: V1ReplicaSet['metadata'] }) =>
    (o.metadata?.ownerReferences ?? []).some((ref) => ref.controller && ref.uid === uid);
  const { revision } = sidesOf(objects);
  const pods = objects.pods;
  const found =
    objects.kind === 'Deployment'
      ? objects.replicaSets.filter(mine).map((set) => fromReplicaSet(set, pods))
      : (objects.controllerRevisions ?? []).filter(mine).map((kept) => fromControllerRevision(kept, objects, pods));
  return found
    .filter((r) => r !== undefined)
    .map((r) => ({ ...r, current: r.number === revision }))
    .sort((a, b) => Number(b.number) - Number(a.number));
}

type Past = Omit<Revision, 'current'>;

function fromReplicaSet(set: V1ReplicaSet, pods: V1Pod[]): Past | undefined {
  const number = set.metadata?.annotations?.['deployment.kubernetes.io/revision'];
  if (number === undefined || !set.spec?.template) return undefined;
  const own = pods.filter((pod) => pod.metadata?.ownerReferences?.some((ref) => ref.uid === set.metadata?.uid));
  return past(number, set, withoutHash(set.spec.template), own);
}

function fromControllerRevision(kept: V1ControllerRevision, objects: RolloutObjects, pods: V1Pod[]): Past | undefined {
  const template = templateIn(kept, objects.workload.spec?.template);
  if (!template) return undefined;
  const hash = kept.metadata?.labels?.['controller-revision-hash'] ?? kept.metadata?.name;
  const short = kept.metadata?.labels?.['controller.kubernetes.io/hash'];
  const own = pods.filter((pod) => {
    const label = pod.metadata?.labels?.['controller-revision-hash'];
    return label !== undefined && (label === hash || label === short || label === kept.metadata?.name);
  });
  return past(String(kept.revision), kept, template, own);
}

function past(
  number: string,
  object: V1ReplicaSet | V1ControllerRevision,
  template: V1PodTemplateSpec,
  pods: V1Pod[],
): Past {
  return {
    number,
    createdAt: instant(object.metadata?.creationTimestamp) ?? 0,
    containers: withDigests(containersOf(template), pods),
    template,
    release: readMark(object.metadata).release,
  };
}

/** A ReplicaSet's template is the Deployment's plus a hash label, which must not come back with it. */
function withoutHash(template: V1PodTemplateSpec): V1PodTemplateSpec {
  const { 'pod-template-hash': _, ...labels } = template.metadata?.labels ?? {};
  return { ...template, metadata: { ...template.metadata, labels } };
}

/**
 * The pod template in a ControllerRevision. Its data is a patch `{spec: {template: {…, $patch: replace}}}`: the template
 * replaces the whole one, so nothing of the present is mixed in, except where a patch should lack the `$patch` mark.
 */
function templateIn(kept: V1ControllerRevision, now: V1PodTemplateSpec | undefined): V1PodTemplateSpec | undefined {
  const patch = (kept.data as { spec?: { template?: Record<string, unknown> } } | undefined)?.spec?.template;
  if (!patch?.spec) return undefined;
  const { $patch, ...template } = patch;
  return $patch === 'replace' ? (template as V1PodTemplateSpec) : { ...now, ...(template as V1PodTemplateSpec) };
}
