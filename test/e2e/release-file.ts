import type { WorkloadKind } from '../../src/release/plan.ts';
import { image } from './node-registry.ts';

export const channel = 'C0PROD';

/** What a story wants to be different about `payments` in `prod`. */
export interface ReleaseFile {
  approvals?: number;
  health?: { progressDeadline?: string; stability?: string };
}

/** The catalog of a story. JSON is YAML, too. */
export function releaseFile(
  context: string,
  namespaces: string[],
  kind: WorkloadKind,
  { approvals = 0, health }: ReleaseFile,
): string {
  return JSON.stringify({
    version: 1,
    clusters: { eu: { context } },
    environments: {
      prod: {
        places: namespaces.map((namespace) => ({ cluster: 'eu', namespace })),
        approvals: { required: approvals, from: ['release-managers'] },
        announce: { slack: channel },
      },
    },
    services: {
      payments: { image, workload: `${kind}/payments`, health: { stability: '0s', ...health } },
    },
    roles: {
      'release-managers': {
        emails: ['ann@example.com', 'bob@example.com'],
        may: ['read', 'deploy', 'control', 'approve', 'rollback', 'override', 'freeze', 'lock', 'admin'],
      },
    },
  });
}
