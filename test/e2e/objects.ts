import type { V1Container, V1PodSpec } from '@kubernetes/client-node';
import type { WorkloadKind } from '../../src/release/plan.ts';
import { image } from './node-registry.ts';

/** What a team has in its namespace before anybody releases anything. */
export interface Workloads {
  kind?: WorkloadKind;
  replicas?: number;
  /** What is different about its pods. */
  pod?: Partial<V1PodSpec>;
}

export const serving = (version: string): V1Container => ({
  name: 'app',
  image: `${image}:${version}`,
  ports: [{ containerPort: 8080, name: 'http' }],
  readinessProbe: { httpGet: { path: '/readyz', port: 'http' }, periodSeconds: 1 },
  resources: { requests: { cpu: '10m', memory: '16Mi' }, limits: { memory: '64Mi' } },
});

/** The namespace with its workload `payments` in 2.4.0, and the Service in front of it. */
export function objectsOf(namespace: string, { kind = 'deployment', replicas = 2, pod }: Workloads): object[] {
  const labels = { app: 'payments' };
  const metadata = { name: 'payments', namespace, labels };
  const spec = { terminationGracePeriodSeconds: 2, containers: [serving('2.4.0')], ...pod };
  const template = { metadata: { labels }, spec };
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
    { apiVersion: 'apps/v1', metadata, ...shapes[kind]({ selector: { matchLabels: labels }, template }, replicas) },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: { selector: labels, ports: [{ port: 80, targetPort: 'http', name: 'http' }] },
    },
  ];
}

const shapes: Record<WorkloadKind, (spec: object, replicas: number) => object> = {
  deployment: (spec, replicas) => ({
    kind: 'Deployment',
    spec: { ...spec, replicas, strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } } },
  }),
  statefulset: (spec, replicas) => ({ kind: 'StatefulSet', spec: { ...spec, replicas, serviceName: 'payments' } }),
  daemonset: (spec) => ({ kind: 'DaemonSet', spec }),
};
