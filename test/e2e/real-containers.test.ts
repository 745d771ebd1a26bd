import { afterAll, beforeAll, describe } from 'vitest';
import type { StandInRegistry } from '../servers/registry.ts';
import { deployStories } from './deploy-stories.ts';
import { disturbedStories } from './disturbed-stories.ts';
import { openHouse, type Story } from './house.ts';
import { openRegistry } from './node-registry.ts';
import { returnStories } from './return-stories.ts';

/**
 * The whole chain with nothing faked but Slack: signed request → gateway → Redis → worker → API server → kubelet →
 * containers → card. Needs kubectl, and a disposable cluster whose node has the demo images in a registry of its own.
 */
const kubeconfig = process.env.TEST_KUBECONFIG_NODES;
const why = 'TEST_KUBECONFIG_NODES is not set (a cluster with real containers)';
const name = kubeconfig ? 'with real containers' : `skipped: ${why}`;
if (!kubeconfig) console.info(`test/e2e ${name}`);

describe.skipIf(!kubeconfig)(name, { timeout: 60_000 }, () => {
  let registry: StandInRegistry;
  beforeAll(async () => {
    registry = await openRegistry(kubeconfig!);
  });
  afterAll(() => registry?.close());

  const open = (story?: Story) => openHouse(kubeconfig!, story);
  deployStories(open);
  returnStories(open);
  disturbedStories(open);
});
