import { isRecord } from '../json.ts';
import type { Container, Fields, KubeObject, PodTemplate, WorkloadSpec } from '../object.ts';

/** Fills in what the API server fills in, so that a template read back and written again does not differ. */
export function withDefaults(object: KubeObject): KubeObject {
  const fill = byKind[object.kind];
  return fill && isRecord(object.spec) ? { ...object, spec: fill(object.spec) } : object;
}

const byKind: { [kind: string]: (spec: Fields) => Fields } = {
  Deployment: (spec) => ({
    progressDeadlineSeconds: 600,
    replicas: 1,
    revisionHistoryLimit: 10,
    ...spec,
    strategy: deploymentStrategy(spec.strategy),
    ...templateOf(spec),
  }),
  ReplicaSet: (spec) => ({ replicas: 1, ...spec, ...templateOf(spec) }),
  StatefulSet: (spec) => ({
    podManagementPolicy: 'OrderedReady',
    replicas: 1,
    revisionHistoryLimit: 10,
    serviceName: '',
    ...spec,
    updateStrategy: updateStrategy(spec.updateStrategy, { partition: 0 }),
    ...templateOf(spec),
  }),
  DaemonSet: (spec) => ({
    revisionHistoryLimit: 10,
    ...spec,
    updateStrategy: updateStrategy(spec.updateStrategy, { maxSurge: 0, maxUnavailable: 1 }),
    ...templateOf(spec),
  }),
  Pod: (spec) => podSpec(spec),
  Service: (spec) => ({ sessionAffinity: 'None', type: 'ClusterIP', ...spec }),
};

function deploymentStrategy(given: unknown): Fields {
  return updateStrategy(given, { maxSurge: '25%', maxUnavailable: '25%' });
}

function updateStrategy(given: unknown, rolling: Fields): Fields {
  const strategy = isRecord(given) ? given : {};
  if ((strategy.type ?? 'RollingUpdate') !== 'RollingUpdate') return strategy;
  const set = isRecord(strategy.rollingUpdate) ? strategy.rollingUpdate : {};
  return { type: 'RollingUpdate', ...strategy, rollingUpdate: { ...rolling, ...set } };
}

function templateOf(spec: Fields): { template?: PodTemplate } {
  const { template } = spec as unknown as WorkloadSpec;
  if (!isRecord(template) || !isRecord(template.spec)) return {};
  return { template: { ...template, spec: podSpec(template.spec) as PodTemplate['spec'] } };
}

function podSpec(spec: Fields): Fields {
  return {
    dnsPolicy: 'ClusterFirst',
    restartPolicy: 'Always',
    schedulerName: 'default-scheduler',
    securityContext: {},
    terminationGracePeriodSeconds: 30,
    ...spec,
    ...(Array.isArray(spec.containers) && { containers: spec.containers.map(container) }),
    ...(Array.isArray(spec.initContainers) && { initContainers: spec.initContainers.map(container) }),
  };
}

function container(given: Container): Container {
  return {
    imagePullPolicy: pullPolicy(String(given.image ?? '')),
    resources: {},
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    ...given,
    ...(Array.isArray(given.ports) && { ports: given.ports.map((port) => ({ protocol: 'TCP', ...port })) }),
  };
}

const pullPolicy = (image: string): string => {
  const tag = /:([^/@]+)(@|$)/.exec(image)?.[1];
  return !image.includes('@') && (tag ?? 'latest') === 'latest' ? 'Always' : 'IfNotPresent';
};
