import type { HttpCheck } from '../../config/catalog.ts';
import type { Measurement } from '../../release/event.ts';
import type { World } from '../../world.ts';

/** Does the URL answer with its status? Another status is a fail; no answer is inconclusive: it may be the way there. */
export async function http(world: World, spec: HttpCheck): Promise<Measurement> {
  const answer = await world.http.get(spec.url, spec.timeoutMs);
  const check = spec.name;
  if ('failed' in answer)
    return { check, verdict: 'inconclusive', say: `${spec.url} did not answer: ${answer.failed}` };
  if (answer.status === spec.status) return { check, verdict: 'passed', say: `${spec.url} answered ${answer.status}` };
  return { check, verdict: 'failed', say: `${spec.url} answered ${answer.status}, expected ${spec.status}` };
}
