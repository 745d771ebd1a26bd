import { channel, managers } from './people.ts';

/** What is released in the story: `payments` in `prod`, with an approval of somebody else. */

export const namespace = 'prod';
export const replicas = 5;

const all = ['read', 'deploy', 'control', 'approve', 'rollback', 'override', 'freeze', 'lock', 'admin'];

/** The catalog. JSON is YAML, too. */
export const releaseFile = (registry: string, kubeconfig: string): string =>
  JSON.stringify({
    version: 1,
    clusters: { eu: { kubeconfig: `file:${kubeconfig}` } },
    environments: {
      prod: {
        places: [{ cluster: 'eu', namespace }],
        approvals: { required: 1, from: ['release-managers'] },
        announce: { teams: channel },
      },
    },
    services: {
      payments: {
        image: `${registry}/payments`,
        workload: 'deployment/payments',
        tier: 'critical',
        health: { stability: '1s' },
      },
    },
    roles: {
      'release-managers': { teams: [`group:${managers}`], may: all },
      engineers: { emails: ['ann@example.com'], may: ['read', 'deploy', 'control', 'rollback'] },
    },
  });

/** The Deployment as somebody made it before us. */
export function deployment(image: string): object {
  const labels = { app: 'payments' };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'payments', namespace, labels },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      template: {
        metadata: { labels },
        spec: { terminationGracePeriodSeconds: 1, containers: [{ name: 'app', image }] },
      },
    },
  };
}
