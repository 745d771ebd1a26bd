import type { ClusterChange, Ledger, Principal, Write } from '../../src/ports.ts';
import { placeKey, planHash } from '../../src/release/plan.ts';
import { may } from '../../src/release/policy.ts';
import { isRunning, type Release } from '../../src/release/release.ts';
import type { House } from './house.ts';

/** Watches everything that a house writes, and says what should never have been written. */
export interface Observed {
  broken: string[];
  /** A write by somebody else, which may explain what a place carries. */
  foreign: (place: string) => void;
}

const window = 15 * 60_000;

async function principalOf(home: House, release: Release['by']): Promise<Principal | undefined> {
  const found = await home.identity.resolve(release.actor);
  return 'code' in found ? undefined : found;
}

/** What must be true of a release at the moment it starts, judged here from the catalog as it is now, not by our engines. */
async function judgeStart(home: House, { after, at }: NonNullable<Write['release']>): Promise<string[]> {
  const catalog = home.world.catalog();
  const { plan, target, by } = after;
  if (!plan) return ['started without a plan'];
  const wrong: string[] = [];
  const asker = await principalOf(home, by);
  if (!asker || !may(catalog, asker, after.kind, target)) wrong.push('started for somebody who may not');
  if (planHash(plan) !== after.planHash) wrong.push('started a plan that is not the one of its hash');
  const required = catalog.environments[target.environment]?.approvals.required ?? 0;
  if (after.kind === 'rollback' || required === 0) return wrong;
  if (plan.overridden.includes('approval'))
    return asker && may(catalog, asker, 'override', target) ? wrong : [...wrong, 'overrode without the right to'];
  const good: string[] = [];
  for (const one of after.approvals) {
    const who = await principalOf(home, one.by);
    const entitled = who !== undefined && may(catalog, who, 'approve', target);
    if (entitled && one.planHash === after.planHash && one.by.principal !== by.principal) good.push(one.by.principal);
  }
  if (new Set(good).size < required) wrong.push(`started with ${good.length} of ${required} approvals that count`);
  if (at - Math.max(after.approvedAt ?? 0, plan.at ?? 0) > window) wrong.push('started on an approval that had lapsed');
  return wrong;
}

/** Writes of one place: fences never fall, and a release that another one followed never writes again. */
class PlaceWrites {
  readonly #releases: string[] = [];
  #fence = 0;

  judge({ release, fence }: ClusterChange): string[] {
    const wrong: string[] = [];
    if (fence < this.#fence) wrong.push(`fence fell from ${this.#fence} to ${fence}`);
    this.#fence = Math.max(this.#fence, fence);
    if (this.#releases.at(-1) === release) return wrong;
    if (this.#releases.includes(release)) wrong.push(`${release} wrote again after ${this.#releases.at(-1)}`);
    this.#releases.push(release);
    return wrong;
  }
}

async function judgeWrite(ledger: Ledger, change: ClusterChange): Promise<string[]> {
  const release = (await ledger.load(change.release))?.release;
  if (!release) return ['a write of a release that nobody accepted'];
  const { queue } = await ledger.target('payments@prod', 0);
  const wrong: string[] = [];
  if (!isRunning(release)) wrong.push(`a write while ${release.phase}`);
  if (release.target.environment === 'prod' && queue[0] !== release.id)
    wrong.push('a write by one that does not hold the target');
  if (change.planHash !== release.planHash) wrong.push('a write for another plan');
  if (release.held) wrong.push('a write while it is held');
  return wrong;
}

/** After the way back each place carries its sealed template, unless somebody else wrote there meanwhile. */
async function judgeReturn(home: House, release: Release, foreign: Set<string>): Promise<string[]> {
  const wrong: string[] = [];
  for (const index of release.returning?.order ?? []) {
    const { place, returnPoint } = release.plan!.places[index]!;
    if (foreign.has(placeKey(place))) continue;
    const [kept] = (await home.ledger.read([returnPoint.record])).records;
    const now = await home.clusters
      .get(place.cluster)
      ?.inspect(place)
      .catch(() => undefined);
    const sealed = (kept?.value as { template: unknown } | undefined)?.template;
    if (now && JSON.stringify(now.template) !== JSON.stringify(sealed))
      wrong.push(`${placeKey(place)} is not what was sealed`);
  }
  return wrong;
}

/** Puts the observer between a house and its ledger and clusters. */
export function observe(home: House): Observed {
  const broken: string[] = [];
  const foreign = new Set<string>();
  const places = new Map<string, PlaceWrites>();
  const tell = (release: string, wrong: string[]) => broken.push(...wrong.map((one) => `${release}: ${one}`));
  const commit = home.ledger.commit.bind(home.ledger);
  home.ledger.commit = async (write) => {
    const { release } = write;
    const wrong = release?.event.type === 'started' ? await judgeStart(home, release) : [];
    if (release?.event.type === 'started') foreign.clear();
    if (release?.event.type === 'rolled-back') wrong.push(...(await judgeReturn(home, release.after, foreign)));
    const written = await commit(write);
    if (written.ok && release) tell(release.after.id, wrong);
    return written;
  };
  for (const cluster of home.clusters.values()) {
    const apply = cluster.apply.bind(cluster);
    cluster.apply = async (change) => {
      const before = cluster.writes.length;
      const wrong = await judgeWrite(home.ledger, change);
      try {
        return await apply(change);
      } finally {
        const key = placeKey(change.place);
        const writes = places.get(key) ?? new PlaceWrites();
        places.set(key, writes);
        if (cluster.writes.length > before) tell(change.release, [...wrong, ...writes.judge(change)]);
      }
    };
  }
  return { broken, foreign: (place) => void foreign.add(place) };
}
