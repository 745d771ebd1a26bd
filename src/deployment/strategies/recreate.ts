import { type Refusal, refuse } from '../../errors.ts';
import type { Workload } from '../../ports.ts';
import { placeKey, type Step } from '../../release/plan.ts';

/** Old pods go before new ones come: for versions that cannot run side by side. Users notice. */
export function recreate(workload: Workload): Step[] | Refusal {
  const where = placeKey(workload.place);
  if (workload.place.kind === 'daemonset') {
    return refuse(
      'not-supported',
      `${where} cannot be recreated: a DaemonSet has no number of pods to take away.`,
      'Use rolling.',
    );
  }
  if (workload.autoscaler) {
    return refuse(
      'not-supported',
      `${where} cannot be recreated: its replicas belong to the autoscaler ${workload.autoscaler}.`,
      'Use rolling.',
    );
  }
  return [{ kind: 'scale', replicas: 0 }, { kind: 'apply' }, { kind: 'scale', replicas: workload.replicas ?? 1 }];
}
