import { workloads as kinds } from '../../adapters/kubernetes/resource.ts';
import type { Place } from '../../src/release/plan.ts';
import { eventually, type Hands } from '../servers/cluster.ts';
import type { Ground } from './ground.ts';
import type { Service } from './release-file.ts';

/** Creates the Deployments of the services, and waits until all their pods are ready. */
export async function createAll(ground: Ground, hands: Hands, namespace: string, services: Service[]): Promise<void> {
  for (const service of services) {
    await hands.create(kinds.deployment.resource, namespace, deployment(ground, namespace, service));
  }
  for (const { name, replicas } of services) {
    const place: Place = { cluster: 'eu', namespace, kind: 'deployment', name };
    const isUp = async () => {
      const status = (await hands.read(place))?.status as { readyReplicas?: number } | undefined;
      return (status?.readyReplicas ?? 0) >= replicas;
    };
    await eventually(`${name} to be up`, isUp, 90_000);
  }
}

function deployment({ kind, firstImage }: Ground, namespace: string, { name, replicas }: Service): object {
  const labels = { app: name };
  const metadata = { name, namespace, labels };
  const real = {
    ports: [{ containerPort: 8080, name: 'http' }],
    readinessProbe: { httpGet: { path: '/readyz', port: 'http' }, periodSeconds: 1 },
    resources: { requests: { cpu: '10m', memory: '16Mi' }, limits: { memory: '64Mi' } },
  };
  const container = { name: 'app', image: firstImage, ...(kind === 'real' ? real : {}) };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata,
    spec: {
      replicas,
      selector: { matchLabels: labels },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      template: {
        metadata: { labels, annotations: { 'hollow/ready-ms': '500' } },
        spec: { terminationGracePeriodSeconds: 1, containers: [container] },
      },
    },
  };
}
