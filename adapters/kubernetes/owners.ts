import type { V1ObjectMeta } from '@kubernetes/client-node';
import type { Place } from '../../src/release/plan.ts';
import { allowOwner } from './mark.ts';

export interface Owner {
  name: string;
  fix: string;
}

interface Claim {
  /** What `allow-owner` calls it. */
  key: string;
  name: string;
  /** How to make it tolerate our writes. */
  mend: string;
}

type Reader = (metadata: V1ObjectMeta) => Claim | undefined;

const argo: Reader = ({ labels, annotations }) => {
  const app =
    annotations?.['argocd.argoproj.io/tracking-id']?.split(':')[0] ??
    labels?.['argocd.argoproj.io/instance'] ??
    labels?.['argocd.argoproj.io/app-name'];
  if (app === undefined) return undefined;
  const mend =
    `in the Argo CD application ${app} ignore differences at /spec/template/spec/containers with ` +
    'RespectIgnoreDifferences=true, or turn self-heal off';
  return { key: 'argocd', name: `Argo CD (application ${app})`, mend };
};

const kustomization: Reader = ({ labels, annotations }) => {
  const name = labels?.['kustomize.toolkit.fluxcd.io/name'];
  const at = (key: string) => annotations?.[`kustomize.toolkit.fluxcd.io/${key}`]?.toLowerCase();
  const tolerates = at('reconcile') === 'disabled' || ['ignore', 'ifnotpresent'].includes(at('ssa') ?? '');
  if (name === undefined || tolerates) return undefined;
  const mend = 'annotate it kustomize.toolkit.fluxcd.io/reconcile=disabled, or suspend the Kustomization';
  return { key: 'flux', name: `Flux (Kustomization ${name})`, mend };
};

const helmRelease: Reader = ({ labels, annotations }) => {
  const name = labels?.['helm.toolkit.fluxcd.io/name'];
  const tolerates = annotations?.['helm.toolkit.fluxcd.io/driftDetection']?.toLowerCase() === 'disabled';
  if (name === undefined || tolerates) return undefined;
  const mend = 'annotate it helm.toolkit.fluxcd.io/driftDetection=disabled, or suspend the HelmRelease';
  return { key: 'flux', name: `Flux (HelmRelease ${name})`, mend };
};

const helm: Reader = ({ labels, annotations }) => {
  if (labels?.['app.kubernetes.io/managed-by'] !== 'Helm' || labels['helm.toolkit.fluxcd.io/name']) return undefined;
  const release = annotations?.['meta.helm.sh/release-name'];
  if (release === undefined) return undefined;
  const mend = `keep the image out of what upgrades of the Helm release ${release} set`;
  return { key: 'helm', name: `Helm (release ${release})`, mend };
};

const operator: Reader = ({ ownerReferences }) => {
  const ref = ownerReferences?.find((owner) => owner.controller);
  if (!ref) return undefined;
  const mend = `change the image in ${ref.kind} ${ref.name}, or tell its operator to leave it alone`;
  return { key: ref.kind.toLowerCase(), name: `${ref.kind} ${ref.name}`, mend };
};

/** Everyone who may undo our writes, one a line; the one that acts soonest first. */
const readers: Reader[] = [operator, argo, kustomization, helmRelease, helm];

/** The first owner that would undo our write and is not known to tolerate it. */
export function ownerOf(metadata: V1ObjectMeta | undefined, place: Place): Owner | undefined {
  const allowed = (metadata?.annotations?.[allowOwner] ?? '').split(',').map((name) => name.trim().toLowerCase());
  const claims = readers.map((read) => read(metadata ?? {})).filter((claim) => claim !== undefined);
  const claim = claims.find((c) => !allowed.includes(c.key));
  if (!claim) return undefined;
  const command =
    `kubectl annotate -n ${place.namespace} ${place.kind}/${place.name} ${allowOwner}=` +
    claims.map((c) => c.key).join(',');
  return { name: claim.name, fix: `${claim.mend}; then say so: ${command}` };
}
