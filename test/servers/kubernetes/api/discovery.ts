import type { Fields } from '../object.ts';
import { groupVersionOf, type Resource, resources } from '../resources.ts';

export const version: Fields = {
  major: '1',
  minor: '33',
  gitVersion: 'v1.33.0-stand-in',
  gitCommit: '0000000000000000000000000000000000000000',
  gitTreeState: 'clean',
  buildDate: '2026-01-01T00:00:00Z',
  goVersion: 'none',
  compiler: 'none',
  platform: 'linux/amd64',
};

const verbs = ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'];

/** The discovery documents under /api and /apis; undefined where there is none. `absent` holds group versions left out. */
export function discover(path: string, absent: readonly string[]): Fields | undefined {
  if (path === '/api') return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] };
  const served = resources.filter((entry) => !absent.includes(groupVersionOf(entry)));
  if (path === '/apis') return { kind: 'APIGroupList', apiVersion: 'v1', groups: groups(served) };
  const groupVersion = /^\/(?:api|apis)\/(.+)$/.exec(path)?.[1] ?? '';
  const group = groups(served).find(({ name }) => name === groupVersion);
  if (group) return { kind: 'APIGroup', apiVersion: 'v1', ...group };
  const entries = served.filter((entry) => groupVersionOf(entry) === groupVersion);
  if (entries.length === 0 && groupVersion !== reviews) return undefined;
  const list = groupVersion === reviews ? [review] : entries.flatMap(withSubresources);
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion, resources: list };
}

const reviews = 'authorization.k8s.io/v1';
const review = {
  name: 'selfsubjectaccessreviews',
  singularName: '',
  namespaced: false,
  kind: 'SelfSubjectAccessReview',
  verbs: ['create'],
};

function groups(served: readonly Resource[]): Fields[] {
  const all = [...new Set([...served.filter(({ group }) => group).map(groupVersionOf), reviews])];
  return all.map((groupVersion) => {
    const [name, version] = groupVersion.split('/');
    return { name, versions: [{ groupVersion, version }], preferredVersion: { groupVersion, version } };
  });
}

function withSubresources({ plural, kind, namespaced, subresources }: Resource): Fields[] {
  const own = { name: plural, singularName: kind.toLowerCase(), namespaced, kind, verbs };
  const below = subresources.map((name) => ({
    name: `${plural}/${name}`,
    singularName: '',
    namespaced,
    kind,
    verbs: name === 'log' ? ['get'] : ['get', 'patch', 'update'],
  }));
  return [own, ...below];
}
