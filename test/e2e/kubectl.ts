import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What a person does by hand: the real kubectl, so that its field manager is its own. */
export type Kubectl = (...args: string[]) => Promise<string>;

/** @throws Error with what kubectl said */
export const kubectlFor =
  (kubeconfig: string): Kubectl =>
  async (...args) => {
    const { stdout } = await run('kubectl', ['--kubeconfig', kubeconfig, ...args], { timeout: 60_000 });
    return stdout.trim();
  };

/** Creates the objects as `kubectl apply` would, from values instead of a file. */
export async function applyAll(kubeconfig: string, objects: object[]): Promise<void> {
  const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
  const applied = run('kubectl', ['--kubeconfig', kubeconfig, 'apply', '-f', '-'], { timeout: 60_000 });
  applied.child.stdin?.end(list);
  await applied;
}
