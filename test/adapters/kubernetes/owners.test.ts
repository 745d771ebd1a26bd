import { describe, expect, it } from 'vitest';
import { ownerOf } from '../../../adapters/kubernetes/owners.ts';
import type { Place } from '../../../src/release/plan.ts';

const place: Place = { cluster: 'eu', namespace: 'prod', kind: 'deployment', name: 'payments' };
const helm = {
  labels: { 'app.kubernetes.io/managed-by': 'Helm', 'app.kubernetes.io/instance': 'pay' },
  annotations: { 'meta.helm.sh/release-name': 'pay', 'meta.helm.sh/release-namespace': 'prod' },
};
const argo = { annotations: { 'argocd.argoproj.io/tracking-id': 'shop:apps/Deployment:prod/payments' } };
const flux = {
  labels: { 'kustomize.toolkit.fluxcd.io/name': 'apps', 'kustomize.toolkit.fluxcd.io/namespace': 'flux-system' },
};
const fluxHelm = { labels: { ...helm.labels, 'helm.toolkit.fluxcd.io/name': 'pay' }, annotations: helm.annotations };
const operator = {
  ownerReferences: [{ apiVersion: 'acme.io/v1', kind: 'Shop', name: 'main', uid: '1', controller: true }],
};

describe('the owner of a workload', () => {
  it.each([
    ['Argo CD (application shop)', argo, 'argocd'],
    ['Argo CD (application shop)', { labels: { 'argocd.argoproj.io/instance': 'shop' } }, 'argocd'],
    ['Flux (Kustomization apps)', flux, 'flux'],
    ['Flux (HelmRelease pay)', fluxHelm, 'flux'],
    ['Helm (release pay)', helm, 'helm'],
    ['Shop main', operator, 'shop'],
  ])('is %s', (name, metadata, key) => {
    const owner = ownerOf(metadata, place);
    expect(owner?.name).toBe(name);
    expect(owner?.fix).toContain(
      `kubectl annotate -n prod deployment/payments release-engineer.dev/allow-owner=${key}`,
    );
  });

  it.each([
    ['nothing', {}],
    ['an application label that many charts set', { labels: { 'app.kubernetes.io/instance': 'pay' } }],
    [
      'a reference that does not control',
      { ownerReferences: [{ ...operator.ownerReferences[0]!, controller: false }] },
    ],
  ])('is nobody for %s', (_name, metadata) => {
    expect(ownerOf(metadata, place)).toBeUndefined();
  });

  it.each([
    ['our annotation', { ...argo, annotations: { ...argo.annotations, 'release-engineer.dev/allow-owner': 'argocd' } }],
    [
      'a Kustomization told to keep away',
      { ...flux, annotations: { 'kustomize.toolkit.fluxcd.io/reconcile': 'Disabled' } },
    ],
    [
      'a HelmRelease that ignores drift',
      {
        ...fluxHelm,
        annotations: { ...helm.annotations, 'helm.toolkit.fluxcd.io/driftDetection': 'disabled' },
      },
    ],
  ])('does not matter when it tolerates us: %s', (_name, metadata) => {
    expect(ownerOf(metadata, place)).toBeUndefined();
  });

  it('names the next one when only one of two tolerates us', () => {
    const both = {
      labels: helm.labels,
      annotations: { ...helm.annotations, ...argo.annotations, 'release-engineer.dev/allow-owner': 'argocd' },
    };
    expect(ownerOf(both, place)?.name).toBe('Helm (release pay)');
    expect(ownerOf(both, place)?.fix).toContain('allow-owner=argocd,helm');
  });
});
