import type { Workload } from '../ports.ts';
import type { ContainerChange, PlacePlan, Plan, Step } from '../release/plan.ts';
import { versionOf } from './image.ts';

/** Why a plan may not be carried out as it was approved: what runs, or the rules, are not what it was made for. */
export function outdated(plan: Plan, workloads: (Workload | undefined)[], policyVersion: string): string | undefined {
  for (const [index, place] of plan.places.entries()) {
    const why = drift(place, workloads[index]);
    if (why) return why;
  }
  return policyVersion === plan.policyVersion ? undefined : 'release.yaml has changed since this was planned';
}

function drift({ place, uid, containers, steps }: PlacePlan, workload: Workload | undefined): string | undefined {
  const what = `${place.kind}/${place.name}`;
  if (!workload) return `${what} is gone`;
  if (workload.uid !== uid) return `${what} was deleted and created again`;
  // Planning anew refuses it, with the fix.
  if (workload.owner) return `${what} belongs to ${workload.owner.name} now`;
  const other = containers.map((change) => differs(change, workload)).find((text) => text !== undefined);
  const why = other ?? rescaled(steps, workload);
  return why && `${what} ${why}`;
}

/** A plan that takes all pods away puts back as many as it saw: somebody may have needed more since. */
function rescaled(steps: Step[], { replicas, autoscaler }: Workload): string | undefined {
  const planned = steps.flatMap((step) => (step.kind === 'scale' ? [step.replicas] : [])).at(-1);
  if (planned === undefined) return undefined;
  if (autoscaler) return `is scaled by ${autoscaler} now, which it was not when this was planned`;
  if (planned === (replicas ?? 1)) return undefined;
  return `had ${planned} replicas when this was planned; it has ${replicas} now`;
}

/** A tag that means something else by now counts as well: what runs is the digest. */
function differs({ name, init, from }: ContainerChange, workload: Workload): string | undefined {
  const now = workload.containers.find((one) => one.name === name && one.init === init);
  if (!now) return `has no container ${name} any more`;
  if (now.image !== from.ref)
    return `ran ${from.version ?? from.ref} when this was planned; it runs ${versionOf(now.image)} now`;
  if (!now.digest || !from.digest || now.digest === from.digest) return undefined;
  return `ran ${short(from.digest)} of ${from.version ?? from.ref} when this was planned; it runs ${short(now.digest)} now`;
}

const short = (digest: string): string => digest.slice(0, 'sha256:'.length + 12);
