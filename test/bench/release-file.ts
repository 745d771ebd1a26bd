/** A service of a bench, with a Deployment of its own name in the one namespace. */
export interface Service {
  name: string;
  replicas: number;
  /** The stability window; 60 s when absent, as it is for users. */
  stability?: string;
  /** Asked before the first write. */
  gate?: string;
}

/** Where people type. */
export const channel = 'C0BENCH';

/** Each service has a channel of its own: Slack takes one message a second in each, and samples must not wait for others. */
export const channelOf = (service: string): string => `C0${service.replace('-', '').toUpperCase()}`;

export const people = Array.from({ length: 20 }, (_, n) => ({ id: `U0P${n + 1}`, name: `person${n + 1}` }));

/** The catalog of a bench. JSON is YAML, too. */
export function releaseFile(kubeconfig: string, namespace: string, image: string, services: Service[]): string {
  return JSON.stringify({
    version: 1,
    clusters: { eu: { kubeconfig: `file:${kubeconfig}` } },
    environments: { prod: { places: [{ cluster: 'eu', namespace }] } },
    services: Object.fromEntries(
      services.map(({ name, stability, gate }) => [
        name,
        {
          image,
          workload: `deployment/${name}`,
          environments: { prod: { announce: { slack: channelOf(name) } } },
          ...(stability ? { health: { stability } } : {}),
          ...(gate ? { checks: { before: [{ http: gate, timeout: '30s' }] } } : {}),
        },
      ]),
    ),
    roles: {
      engineers: {
        emails: people.map(({ name }) => `${name}@example.com`),
        may: ['read', 'deploy', 'control', 'approve', 'rollback', 'override', 'freeze', 'lock', 'admin'],
      },
    },
  });
}
