import {
  AppsV1Api,
  AuthorizationV1Api,
  AutoscalingV2Api,
  CoreV1Api,
  KubeConfig,
  PatchStrategy,
  setHeaderOptions,
  type V1DaemonSet,
  type V1Deployment,
  type V1StatefulSet,
  VersionApi,
  Watch,
} from '@kubernetes/client-node';
import type { Kubernetes } from './server.ts';

export const namespace = 'shop';

/** The real client-node against the stand-in, from its kubeconfig text. */
export function realClient({ kubeconfig }: Kubernetes) {
  const config = new KubeConfig();
  config.loadFromString(kubeconfig);
  return {
    apps: config.makeApiClient(AppsV1Api),
    core: config.makeApiClient(CoreV1Api),
    autoscaling: config.makeApiClient(AutoscalingV2Api),
    authorization: config.makeApiClient(AuthorizationV1Api),
    version: config.makeApiClient(VersionApi),
    watch: new Watch(config),
  };
}

export type RealClient = ReturnType<typeof realClient>;

/** Options of a PATCH call: client-node sends JSON patches unless the header says otherwise. */
export const as = (strategy: keyof typeof PatchStrategy) => setHeaderOptions('Content-Type', PatchStrategy[strategy]);

const template = (image: string) => ({
  metadata: { labels: { app: 'payments' } },
  spec: {
    initContainers: [{ name: 'migrate', image: 'demo/payments-migrate:1' }],
    containers: [
      { name: 'app', image, ports: [{ containerPort: 8080 }] },
      { name: 'proxy', image: 'demo/proxy:1' },
    ],
  },
});

const common = (image: string) => ({
  metadata: { name: 'payments', namespace, labels: { app: 'payments' } },
  spec: { selector: { matchLabels: { app: 'payments' } }, template: template(image) },
});

export function deployment(image: string, spec: Partial<V1Deployment['spec']> = {}): V1Deployment {
  const { metadata, spec: rest } = common(image);
  return { metadata, spec: { replicas: 3, ...rest, ...spec } };
}

export function statefulSet(image: string): V1StatefulSet {
  const { metadata, spec } = common(image);
  return { metadata, spec: { replicas: 3, serviceName: 'payments', ...spec } };
}

export const daemonSet = (image: string): V1DaemonSet => common(image);

/** A strategic merge patch that changes one container's image. */
export const imagePatch = (image: string, name = 'app') => ({
  spec: { template: { spec: { containers: [{ name, image }] } } },
});

/** Asks again until the answer satisfies. Errors: after 5 s, with the last answer. */
export async function eventually<T>(ask: () => Promise<T> | T, satisfies: (answer: T) => boolean): Promise<T> {
  const deadline = Date.now() + 5000;
  for (;;) {
    const answer = await ask();
    if (satisfies(answer)) return answer;
    if (Date.now() > deadline) throw new Error(`not within 5 s; last seen: ${JSON.stringify(answer, null, 1)}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

export const isSettled = ({ metadata, spec, status }: V1Deployment): boolean =>
  status?.observedGeneration === metadata?.generation &&
  [status?.replicas, status?.updatedReplicas, status?.availableReplicas].every((count) => count === spec?.replicas);
