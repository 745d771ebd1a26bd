import { type MemoryChat, memoryChat } from '../../adapters/memory/chat.ts';
import { type MemoryCluster, type MemoryWorkload, memoryCluster } from '../../adapters/memory/cluster.ts';
import { type MemoryHttp, memoryHttp } from '../../adapters/memory/http.ts';
import { type MemoryIdentity, memoryIdentity } from '../../adapters/memory/identity.ts';
import { memoryLedger } from '../../adapters/memory/ledger.ts';
import { type MemoryRegistry, memoryRegistry } from '../../adapters/memory/registry.ts';
import { advance } from '../../src/advance.ts';
import type { Asked } from '../../src/asked.ts';
import { type Catalog, parseCatalog } from '../../src/config/catalog.ts';
import { handle } from '../../src/handle.ts';
import { notify } from '../../src/notify.ts';
import type { Ledger } from '../../src/ports.ts';
import type { Place } from '../../src/release/plan.ts';
import type { Phase, Release } from '../../src/release/release.ts';
import type { CardView, NoteView, Reply } from '../../src/release/view.ts';
import type { World } from '../../src/world.ts';

/** A whole Release Engineer in RAM, with a clock of its own, and people who talk to it. */
export interface House {
  world: World;
  ledger: Ledger;
  /** The cluster `eu`, where the sample lives. */
  cluster: MemoryCluster;
  clusters: Map<string, MemoryCluster>;
  /** What was logged as an error: nothing, in a house that is well. */
  errors: unknown[];
  chat: MemoryChat;
  registry: MemoryRegistry;
  identity: MemoryIdentity;
  http: MemoryHttp;
  clock: { now: number };
  /** Somebody types a line. */
  says: (person: string, text: string, more?: Partial<Asked>) => Promise<Reply>;
  /** Somebody presses a button of the newest card, by its label's beginning. */
  presses: (person: string, label: string, reason?: string, more?: Partial<Asked>) => Promise<Reply>;
  /** Lets time pass until the release is in a phase; fails after an hour of it. */
  until: (release: string | undefined, ...phases: Phase[]) => Promise<Release>;
  /** The same, but stops at the very moment: everything else that is due has not happened yet. */
  reaches: (release: string | undefined, ...phases: Phase[]) => Promise<Release>;
  passes: (ms: number) => Promise<void>;
  card: (index?: number) => CardView;
  thread: () => string[];
  release: (id: string | undefined) => Promise<Release>;
  setCatalog: (change: (raw: RawCatalog) => void) => void;
}

export type RawCatalog = ReturnType<typeof sampleCatalog>;

export const prod: Place = { cluster: 'eu', namespace: 'prod', kind: 'deployment', name: 'payments' };
export const staging: Place = { ...prod, namespace: 'staging' };
const image = 'registry.example.com/payments';
export const versions = [
  '2.3.9',
  '2.4.0',
  '2.4.1',
  '2.4.2',
  '2.5.0-crash',
  '2.5.1-neverready',
  '2.5.2-missing',
  '2.5.3-flaky',
  '2.5.4-slowready',
];

export const sampleCatalog = () => ({
  version: 1,
  clusters: { eu: { context: 'eu' } } as Record<string, { context: string }>,
  environments: {
    staging: { places: [{ cluster: 'eu', namespace: 'staging' }] },
    prod: {
      aliases: ['production'],
      places: [{ cluster: 'eu', namespace: 'prod' }],
      approvals: { required: 1, from: ['release-managers'], expires: '30m' },
      freezes: [] as { every: string; zone: string; reason: string }[],
      after: undefined as { environment: string; soak: string } | undefined,
    },
  },
  services: {
    payments: {
      aliases: ['pay'],
      image,
      workload: 'deployment/payments',
      team: 'payments',
      strategy: undefined as 'rolling' | 'recreate' | undefined,
      health: undefined as Record<string, string | number> | undefined,
      source: undefined as { github: string } | undefined,
      checks: undefined as { before?: { http: string }[]; after?: { http: string }[] } | undefined,
      tier: 'critical',
    },
  },
  teams: { payments: { members: ['ann@example.com'] } },
  roles: {
    'release-managers': {
      emails: ['ann@example.com', 'bob@example.com', 'cyd@example.com'],
      may: ['read', 'deploy', 'control', 'approve', 'rollback', 'override', 'freeze', 'lock', 'admin'],
    },
    developers: { emails: ['dan@example.com'], may: ['read', 'deploy'] },
  },
});

const people = {
  ann: { name: 'Ann', email: 'ann@example.com' },
  bob: { name: 'Bob', email: 'bob@example.com' },
  cyd: { name: 'Cyd', email: 'cyd@example.com' },
  dan: { name: 'Dan', email: 'dan@example.com' },
  eve: { name: 'Eve', email: 'eve@example.com' },
};

function read(raw: unknown): Catalog {
  const parsed = parseCatalog(JSON.parse(JSON.stringify(raw)));
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems, null, 2));
  return parsed.catalog;
}

const channel = { surface: 'console', tenant: 'story', channel: 'releases' } as const;
const actor = (id: string) => ({ surface: 'console' as const, tenant: 'story', id, name: id });

/** The sample without approvals: for stories about something else. */
export const noApproval = (raw: RawCatalog): void => {
  raw.environments.prod.approvals.required = 0;
};

/** The release of an answer that said yes. */
export function ok(reply: Reply): string {
  if (!reply.ok || reply.release === undefined) throw new Error(`it said no: ${JSON.stringify(reply.view)}`);
  return reply.release;
}

export interface HouseOptions {
  /** What is different about one workload. */
  workload?: (place: Place) => Partial<MemoryWorkload>;
  /** Stands around everything a process does by itself: what it throws ends that process. */
  around?: (work: () => Promise<void>) => Promise<void>;
}

/** One simulated cluster for each that the catalog names, with every workload of every service, three pods each. */
function clustersOf(catalog: Catalog, now: () => number, options: HouseOptions): Map<string, MemoryCluster> {
  const places = Object.values(catalog.services).flatMap(({ targets, image: name }) =>
    Object.values(targets).flatMap((target) => target.places.map(({ place }) => ({ place, image: name }))),
  );
  const at = (cluster: string) =>
    places
      .filter(({ place }) => place.cluster === cluster)
      .map(({ place, image: name }) => ({
        place,
        containers: [{ name: 'app', image: `${name}:2.4.0` }],
        replicas: 3,
        ...options.workload?.(place),
      }));
  return new Map(
    Object.keys(catalog.clusters).map((name) => [
      name,
      memoryCluster({ name, now, workloads: at(name), images: { [image]: versions } }),
    ]),
  );
}

/** @param change what is different about the catalog of this story */
export function house(change: (raw: RawCatalog) => void = () => {}, options: HouseOptions = {}): House {
  const clock = { now: Date.UTC(2026, 10, 23, 9, 0, 0) };
  const raw = sampleCatalog();
  change(raw);
  let catalog = read(raw);
  const now = () => clock.now;
  const errors: unknown[] = [];
  const ledger = memoryLedger({ now });
  const clusters = clustersOf(catalog, now, options);
  const cluster = clusters.get('eu')!;
  const chat = memoryChat();
  const registry = memoryRegistry({ [image]: versions });
  const identity = memoryIdentity(people);
  const http = memoryHttp();
  let seed = 0;
  const around = options.around ?? ((work) => work());
  const world: World = {
    ledger,
    doorbell: { ring: async () => {} },
    catalog: () => catalog,
    clusters: { get: (name) => clusters.get(name) },
    registry,
    identity,
    http,
    chats: { console: chat },
    log: {
      debug: () => {},
      info: () => {},
      warn: () => {},
      error: (fields, message) => errors.push({ fields, message }),
    },
    random: (bytes) => Uint8Array.from({ length: bytes }, () => (seed = (seed * 73 + 41) % 251)),
  };
  const release = async (id: string | undefined): Promise<Release> => {
    const loaded = id === undefined ? undefined : await ledger.load(id);
    if (!loaded) throw new Error(`no release ${id}`);
    return loaded.release;
  };
  /** What every process does when it is rung: until nothing is due now. */
  const settleDown = async (enough: () => Promise<boolean> = async () => false) => {
    for (let round = 0; round < 500; round += 1) {
      const stop = await enough();
      const [due] = stop ? [] : await ledger.claimDue(1, 10_000);
      const [card] = await ledger.dirtyCards(1);
      if (due === undefined && card === undefined) return;
      if (due !== undefined) await around(() => advance(home.world, due));
      if (card !== undefined) await around(() => notify(home.world, card));
    }
    throw new Error('it never comes to rest');
  };
  const within = async (id: string | undefined, phases: Phase[], atOnce: boolean): Promise<Release> => {
    const there = async () => phases.includes((await release(id)).phase);
    for (let second = 0; second < 3_600; second += 1) {
      await settleDown(atOnce ? there : undefined);
      if (await there()) return release(id);
      clock.now += 1_000;
    }
    const current = await release(id);
    throw new Error(
      `${id} is ${current.phase} (${JSON.stringify(current.trouble ?? current.refusal ?? current.finding)}) after an hour, not ${phases}: ${JSON.stringify(errors)}`,
    );
  };
  const passes = async (ms: number) => {
    const end = clock.now + ms;
    await settleDown();
    while (clock.now < end) {
      clock.now = Math.min(end, clock.now + 1_000);
      await settleDown();
    }
  };
  const lastCard = (index = -1): CardView => {
    const view = chat.messages.at(index)?.views.at(-1);
    if (view?.kind !== 'release') throw new Error('there is no card yet');
    return view;
  };
  const home: House = {
    world,
    ledger,
    clusters,
    errors,
    cluster,
    chat,
    registry,
    identity,
    http,
    clock,
    passes,
    release,
    says: (person, text, more = {}) =>
      handle(home.world, { text, actor: actor(person), from: channel, via: 'console', ...more }),
    presses: (person, label, reason, more = {}) => {
      const button = lastCard().buttons.find((one) => one.label.startsWith(label));
      if (!button) throw new Error(`the card has no button ${label}: ${lastCard().buttons.map((one) => one.label)}`);
      return handle(home.world, {
        button: { ref: button.ref, reason },
        actor: actor(person),
        from: channel,
        via: 'button',
        ...more,
      });
    },
    until: (id, ...phases) => within(id, phases, false),
    reaches: (id, ...phases) => within(id, phases, true),
    card: lastCard,
    thread: () => (chat.messages.at(-1)?.replies ?? []).map(({ view }) => (view as NoteView).text),
    setCatalog: (again) => {
      again(raw);
      catalog = read(raw);
    },
  };
  return home;
}
