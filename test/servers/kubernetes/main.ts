/**
 * The stand-in API server as a process of its own:
 *   node test/servers/kubernetes/main.ts [--port 0] [--log mutations.jsonl] [--kubeconfig file] [--seed 1]
 *     [--ready-ms 30] [--backoff-ms 100] [--nodes 2] [--faults '{"rules":{"write":{"lostReply":0.03}}}']
 * Prints one line of JSON, {"url", "kubeconfig"}, when it answers. SIGTERM and SIGINT end it.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { startKubernetes } from './server.ts';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    log: { type: 'string' },
    kubeconfig: { type: 'string' },
    seed: { type: 'string', default: '1' },
    nodes: { type: 'string', default: '2' },
    'ready-ms': { type: 'string', default: '30' },
    'backoff-ms': { type: 'string', default: '100' },
    faults: { type: 'string', default: '{}' },
  },
});

const kubernetes = await startKubernetes({
  port: Number(values.port),
  log: values.log,
  seed: values.seed,
  nodes: Number(values.nodes),
  readyMs: Number(values['ready-ms']),
  backoffMs: Number(values['backoff-ms']),
  faults: JSON.parse(values.faults),
});
if (values.kubeconfig) writeFileSync(values.kubeconfig, kubernetes.kubeconfig);
console.log(JSON.stringify({ url: kubernetes.url, kubeconfig: values.kubeconfig }));
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void kubernetes.close());
