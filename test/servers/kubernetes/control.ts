import type { Denial } from './api/access.ts';
import type { Watches } from './api/watches.ts';
import type { FaultPlan, Faults } from './faults.ts';
import { isRecord } from './json.ts';
import type { Images } from './kubelet/images.ts';
import type { Store } from './store.ts';

/** What a test may change while the server runs, in process or by POST /__control with this as JSON. */
export interface Control {
  /** Replaces all faults; `{}` ends them. */
  faults?: Faults;
  /** The next n requests (watches excluded) get no answer. */
  hang?: number;
  watches?: 'reset' | 'silence';
  /** true: history is forgotten, so watches that resume hear 410 Gone. */
  compact?: boolean;
  /** `sha256:…` → the tag whose behaviour an image with only that digest has. */
  images?: { [digest: string]: string };
  /** Replaces the rights that are missing. */
  deny?: Denial[];
  /** Replaces the group versions that answer 404, as on an older cluster: `autoscaling/v2`. */
  absent?: string[];
}

export interface Controlled {
  faults: FaultPlan;
  watches: Watches;
  images: Images;
  store: Store;
  settings: { deny: readonly Denial[]; absent: readonly string[] };
}

const known = ['faults', 'hang', 'watches', 'compact', 'images', 'deny', 'absent'];

/** Errors: names what it does not know, so that a misspelt fault is not silently no fault. */
export function control(world: Controlled, given: Control): void {
  const unknown = isRecord(given) ? Object.keys(given).filter((key) => !known.includes(key)) : ['(not an object)'];
  if (unknown.length > 0) throw new Error(`unknown control: ${unknown.join(', ')}. Use ${known.join(', ')}`);
  if (given.faults) world.faults.set(given.faults);
  if (given.hang !== undefined) world.faults.hangNext(given.hang);
  if (given.watches === 'reset') world.watches.reset();
  if (given.watches === 'silence') world.watches.silence();
  if (given.compact) world.store.compact();
  for (const [digest, tag] of Object.entries(given.images ?? {})) world.images.teach(digest, tag);
  if (given.deny) world.settings.deny = given.deny;
  if (given.absent) world.settings.absent = given.absent;
}
