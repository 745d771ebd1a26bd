import type { PlacePlan } from './plan.ts';
import type { Release } from './release.ts';

/** Commands to go on, or back, by hand. Names come from the plan and are Kubernetes names, so they need no quoting. */
export function byHand(release: Release): string {
  return (release.plan?.places ?? []).flatMap(forPlace).join('\n');
}

function forPlace({ place, containers }: PlacePlan): string[] {
  const target = `-n ${place.namespace} ${place.kind}/${place.name}`;
  const set = (side: 'from' | 'to') => containers.map((c) => `${c.name}=${c[side].ref}`).join(' ');
  return [
    `# ${place.cluster}`,
    `kubectl set image ${target} ${set('from')}   # back`,
    `kubectl set image ${target} ${set('to')}   # forward`,
    ...(place.kind === 'deployment' ? [`kubectl rollout resume ${target}   # if it is paused`] : []),
    `kubectl rollout status ${target}`,
  ];
}
