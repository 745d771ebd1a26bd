import { TransientError } from '../../src/errors.ts';
import type { Registry, Resolved } from '../../src/ports.ts';
import { memoryDigest } from './digest.ts';

/** A registry in RAM. Tests may lose a version, or make it stop answering. */
export interface MemoryRegistry extends Registry {
  down: boolean;
  lose(image: string, version: string): void;
}

/** @param images image → its versions, oldest first */
export function memoryRegistry(images: Record<string, readonly string[]>): MemoryRegistry {
  const kept = new Map(Object.entries(images).map(([image, versions]) => [image, new Set(versions)]));
  return {
    down: false,
    lose: (image, version) => void kept.get(image)?.delete(version),
    async resolve(image: string, version: string): Promise<Resolved> {
      if (this.down) throw new TransientError(`the registry of ${image} is not answering`);
      const versions = [...(kept.get(image) ?? [])];
      const named = versions.find((one) => one === version || memoryDigest(image, one) === version);
      if (named === undefined) return { found: false, near: versions.slice(-5) };
      const digest = memoryDigest(image, named);
      return { found: true, digest, ref: `${image}@${digest}` };
    },
  };
}
