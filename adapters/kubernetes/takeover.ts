import type { Expectation } from '../../src/ports.ts';
import { containersOf } from './images.ts';
import { readMark } from './mark.ts';
import type { WorkloadObject } from './sight.ts';
import { fieldManager, imageWriter } from './writers.ts';

/**
 * Whether an object is at least as new as what the release wrote: a cache may lag behind our own write. What pauses a
 * write and lets it go on has an id that begins with the write's.
 */
export function knowsOurWrite(object: WorkloadObject, expect: Expectation): boolean {
  const { op, fence } = readMark(object.metadata);
  return op === expect.op || op?.startsWith(`${expect.op}.`) === true || fence > expect.fence;
}

/** Who wrote a field that the release had written: a field manager, or another release. Undefined when nobody did. */
export function takenOverBy(object: WorkloadObject, expect: Expectation): string | undefined {
  const { release } = readMark(object.metadata);
  if (release !== undefined && release !== expect.release) return writerElse(object, expect) ?? `release ${release}`;
  return changedContainers(object, expect).length > 0 ? (writerElse(object, expect) ?? 'somebody') : undefined;
}

function changedContainers(object: WorkloadObject, expect: Expectation): Expectation['containers'] {
  const now = containersOf(object.spec?.template);
  return expect.containers.filter((c) => now.find((n) => n.name === c.name && n.init === c.init)?.image !== c.image);
}

function writerElse(object: WorkloadObject, expect: Expectation): string | undefined {
  const writers = changedContainers(object, expect)
    .map((c) => imageWriter(object.metadata, c.name, c.init))
    .filter((writer) => writer !== undefined && writer.manager !== fieldManager);
  return writers.sort((a, b) => b!.at - a!.at)[0]?.manager;
}
