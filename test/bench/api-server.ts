/**
 * The stand-in API server as a process of a bench. Bookmarks come once a minute, as real API servers send them: more of
 * them would keep our watches young, and hide what a quiet watch costs.
 *   node test/bench/api-server.ts --kubeconfig file [--ready-ms 500]
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { startKubernetes } from '../servers/kubernetes/server.ts';

const { values } = parseArgs({
  options: { kubeconfig: { type: 'string' }, 'ready-ms': { type: 'string', default: '500' } },
});

const readyMs = Number(values['ready-ms']);
const kubernetes = await startKubernetes({ readyMs, backoffMs: 1_000, terminateMs: 50, bookmarkMs: 60_000 });
if (values.kubeconfig) writeFileSync(values.kubeconfig, kubernetes.kubeconfig);
console.log(JSON.stringify({ msg: 'ready', url: kubernetes.url }));
