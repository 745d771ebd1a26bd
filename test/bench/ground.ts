import { join } from 'node:path';
import { type Process, startProcess } from '../chaos/process.ts';
import { openRegistry, image as realImage } from '../e2e/node-registry.ts';
import type { Control } from '../servers/kubernetes/control.ts';
import type { Stats } from '../servers/kubernetes/stats.ts';
import { startRegistry } from '../servers/registry.ts';

/** What releases run on: real containers, hollow pods on a real API server, or the stand-in of both. */
export interface Ground {
  kind: 'real' | 'hollow' | 'stand-in';
  /** In words, for the notes. */
  name: string;
  kubeconfig: string;
  /** The image of every service, without a version. */
  image: string;
  /** What runs before anybody releases anything, as a workload names it. */
  firstImage: string;
  /** Makes a version exist; on real nodes only in our registry, so that the node does not find it. Returns its digest. */
  push(version: string): string;
  /** Of the stand-in only. */
  api?: { control(change: Control): Promise<void>; stats(): Promise<Stats> };
  close(): Promise<void>;
}

/** Real containers where TEST_KUBECONFIG_NODES is set, else hollow pods where TEST_KUBECONFIG is, else the stand-in. */
export async function openGround(folder: string): Promise<Ground> {
  const { TEST_KUBECONFIG_NODES: real, TEST_KUBECONFIG: hollow } = process.env;
  if (real) return realGround(real);
  if (hollow)
    return { ...(await fakedImages()), kind: 'hollow', name: 'hollow pods, real API server', kubeconfig: hollow };
  return standInGround(folder);
}

async function realGround(kubeconfig: string): Promise<Ground> {
  const registry = await openRegistry(kubeconfig);
  return {
    kind: 'real',
    name: 'real containers',
    kubeconfig,
    image: realImage,
    firstImage: `${realImage}:2.4.0`,
    push: (version) => registry.push('demo/payments', version),
    close: () => registry.close(),
  };
}

async function fakedImages(): Promise<Pick<Ground, 'image' | 'firstImage' | 'push' | 'close'>> {
  const registry = await startRegistry();
  const push = (version: string) => registry.push('payments', version);
  const image = `${registry.host}/payments`;
  // Pinned, because what a faked node says of digests is not what this registry made of it.
  return { image, firstImage: `${image}:1.0.0@${push('1.0.0')}`, push, close: () => registry.close() };
}

/** @param readyMs from a pod's creation until it is ready */
export async function standInGround(folder: string, readyMs = 500): Promise<Ground> {
  const images = await fakedImages();
  const kubeconfig = join(folder, 'kubeconfig');
  const args = ['--kubeconfig', kubeconfig, '--ready-ms', String(readyMs)];
  const log = join(folder, 'api-server.log');
  const api = startProcess({ name: 'api-server', script: 'test/bench/api-server.ts', args, env: {}, log });
  if ((await api.ready) === undefined) throw new Error(`the stand-in API server did not start: see ${log}`);
  return {
    ...images,
    kind: 'stand-in',
    name: 'stand-in API server',
    kubeconfig,
    api: { control: (change) => control(api, change), stats: () => stats(api) },
    close: async () => {
      api.kill();
      await api.exited;
      await images.close();
    },
  };
}

async function control(api: Process, change: Control): Promise<void> {
  const answer = await fetch(`${api.url()}/__control`, { method: 'POST', body: JSON.stringify(change) });
  if (!answer.ok) throw new Error(`the API server takes no ${JSON.stringify(change)}: ${await answer.text()}`);
}

const stats = async (api: Process): Promise<Stats> =>
  (await (await fetch(`${api.url()}/__control/stats`)).json()) as Stats;
