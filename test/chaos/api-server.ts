/**
 * The stand-in API server as a process of the chaos run: it says `ready` as our own processes do, and survives them.
 *   node test/chaos/api-server.ts --log mutations.jsonl --kubeconfig file --seed 1
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { startKubernetes } from '../servers/kubernetes/server.ts';

const { values } = parseArgs({
  options: { log: { type: 'string' }, kubeconfig: { type: 'string' }, seed: { type: 'string', default: '1' } },
});

const kubernetes = await startKubernetes({ log: values.log, seed: values.seed, readyMs: 60, backoffMs: 100 });
if (values.kubeconfig) writeFileSync(values.kubeconfig, kubernetes.kubeconfig);
console.log(JSON.stringify({ msg: 'ready', url: kubernetes.url }));
