import type { V1Pod } from '@kubernetes/client-node';
import { isReturn } from '../e2e/diary.ts';
import type { Figure } from './figure.ts';
import { type Gate, openGate } from './gate.ts';
import { type Ground, openGround, standInGround } from './ground.ts';
import { type Installation, newFolder, openInstallation } from './installation.ts';
import { presses, shown, types } from './people.ts';
import type { Service } from './release-file.ts';

const rounds = 5;

/** How fast we say no and go back, and how fast a person's press is obeyed. */
export async function verdictBench(): Promise<Figure[]> {
  return [...(await onAnyGround()), ...(await whileACallHangs())];
}

async function onAnyGround(): Promise<Figure[]> {
  const undo: (() => unknown)[] = [];
  try {
    const ground = await openGround(await newFolder(undo));
    undo.push(() => ground.close());
    const faults = faultsOf(ground);
    const services = [...faults.map(({ name }) => name), 'pressed'].flatMap((name) => numbered(name, '10m'));
    const house = await openInstallation(ground, services);
    undo.push(() => house.close());
    await house.startWorker();
    const figures: Figure[] = [];
    for (const fault of faults) figures.push(...(await verdicts(house, fault)));
    return [...figures, await pressedInTheWindow(house)];
  } finally {
    for (const one of undo.reverse()) await one();
  }
}

const numbered = (name: string, stability: string): Service[] =>
  Array.from({ length: rounds }, (_, n) => ({ name: `${name}-${n}`, replicas: 2, stability }));

interface Fault {
  name: string;
  /** Of the nth round, made to exist. */
  version: (n: number) => string;
  /** Whether this is the first state of a pod that says it. */
  isFact: (pod: V1Pod) => boolean;
}

/** Hollow pods say of a missing image only that it could not be pulled, which is no fact about the version. */
function faultsOf({ kind, push }: Ground): Fault[] {
  const made = (version: string) => {
    push(version);
    return version;
  };
  const crash: Fault = {
    name: 'crash',
    version: (n) => (kind === 'real' ? '2.5.0-crash' : made(`2.5.${n}-crash`)),
    isFact: (pod) => statuses(pod).some((c) => c.restartCount + (c.state?.running ? 0 : 1) >= 2),
  };
  const missing: Fault = {
    name: 'missing',
    version: (n) => made(`2.9.${n}-missing`),
    isFact: (pod) => statuses(pod).some((c) => /not ?found/i.test(waitingFor(c, 'ErrImagePull'))),
  };
  const config: Fault = {
    name: 'config',
    version: (n) => made(`2.8.${n}-config`),
    isFact: (pod) => statuses(pod).some((c) => waitingFor(c, 'CreateContainerConfigError') !== ''),
  };
  return { real: [crash, missing], hollow: [crash], 'stand-in': [crash, missing, config] }[kind];
}

const statuses = (pod: V1Pod) => pod.status?.containerStatuses ?? [];
const waitingFor = (c: ReturnType<typeof statuses>[number], reason: string): string =>
  c.state?.waiting?.reason === reason ? `${reason} ${c.state.waiting.message}` : '';

async function verdicts(house: Installation, fault: Fault): Promise<Figure[]> {
  const verdict: number[] = [];
  const write: number[] = [];
  for (let n = 0; n < rounds; n += 1) {
    await house.calm();
    const service = `${fault.name}-${n}`;
    const version = fault.version(n);
    const release = await types(house, `deploy ${service} ${version} to prod`);
    await shown(house, release, /ROLLED BACK/);
    const said = await saidAt(house, release, 'verdict-failed');
    verdict.push(said - factAt(house, service, version, fault));
    write.push(returnAt(house, release) - said);
  }
  const notes = [house.ground.name];
  return [
    {
      name: `${fault.name}: verdict after the fact`,
      unit: 'ms',
      target: { of: 'max', most: 5_000 },
      samples: verdict,
      notes,
    },
    {
      name: `${fault.name}: rollback write after the verdict`,
      unit: 'ms',
      target: { of: 'max', most: 1_000 },
      samples: write,
      notes,
    },
  ];
}

/** When our own watch first heard of a pod of this version that says it, ms. */
function factAt({ diary }: Installation, service: string, version: string, { isFact }: Fault): number {
  const fact = diary.pods.find(
    ({ object }) =>
      object.metadata?.labels?.app === service &&
      object.spec?.containers[0]?.image?.includes(`:${version}`) &&
      isFact(object),
  );
  if (!fact) throw new Error(`no pod of ${service} said what is wrong with ${version}`);
  return fact.at;
}

/** When the ledger wrote down an event of a release, ms. */
async function saidAt({ ledger }: Installation, release: string, event: string): Promise<number> {
  const rows = await ledger.audit(1_000);
  const row = rows.find(({ subject, action }) => subject === release && action === event);
  if (!row) throw new Error(`${release} has no ${event}`);
  return row.at;
}

/** When our own watch heard of the first write of the way back, ms. */
function returnAt({ diary }: Installation, release: string): number {
  const write = diary.writes().find((one) => isReturn(one) && one.op.startsWith(`${release}.`));
  if (!write) throw new Error(`${release} wrote no way back`);
  return write.at;
}

async function pressedInTheWindow(house: Installation): Promise<Figure> {
  const samples: number[] = [];
  for (let n = 0; n < rounds; n += 1) {
    await house.calm();
    const version = house.ground.kind === 'real' ? '2.4.1' : `2.4.${n}`;
    if (house.ground.kind !== 'real') house.ground.push(version);
    const release = await types(house, `deploy pressed-${n} ${version} to prod`);
    await shown(house, release, /WATCHING/);
    const pressed = await presses(house, release, 'Roll back');
    await shown(house, release, /ROLLED BACK/);
    samples.push(returnAt(house, release) - pressed);
  }
  const notes = [house.ground.name];
  const target = { of: 'max', most: 2_000 } as const;
  return { name: 'rollback pressed in the window: first write', unit: 'ms', target, samples, notes };
}

/** Two calls of the API that hang: the read before our write, and the write itself. */
async function whileACallHangs(): Promise<Figure[]> {
  const undo: (() => unknown)[] = [];
  try {
    const ground = await standInGround(await newFolder(undo));
    undo.push(() => ground.close());
    const gate = await openGate();
    undo.push(() => gate.close());
    const gated = (name: string) => numbered(name, '10m').map((service) => ({ ...service, gate: gate.url }));
    const house = await openInstallation(ground, [...gated('read'), ...gated('write')]);
    undo.push(() => house.close());
    await house.startWorker();
    return [await pressedInAHang(house, gate, 'read'), await pressedInAHang(house, gate, 'write')];
  } finally {
    for (const one of undo.reverse()) await one();
  }
}

async function pressedInAHang(house: Installation, gate: Gate, call: 'read' | 'write'): Promise<Figure> {
  const samples: number[] = [];
  for (let n = 0; n < rounds; n += 1) {
    await house.calm();
    const version = `3.${n}.0`;
    house.ground.push(version);
    const began = Date.now();
    const release = await types(house, `deploy ${call}-${n} ${version} to prod`);
    await gate.asked(began);
    await hangNext(house, call, gate.open);
    const pressed = await presses(house, release, 'Roll back');
    await shown(house, release, /ROLLED BACK/);
    samples.push(returnAt(house, release) - pressed);
  }
  const target = { of: 'max', most: 2_000 } as const;
  return {
    name: `rollback pressed while our ${call} hangs: first write`,
    unit: 'ms',
    target,
    samples,
    notes: [house.ground.name],
  };
}

/** The next call after the gate is the read of our own write, and then the write. Returns once it hangs. */
async function hangNext(
  { ground: { api }, slack }: Installation,
  call: 'read' | 'write',
  open: () => void,
): Promise<void> {
  const count = async () => {
    const { requests, faults } = await api!.stats();
    return call === 'read' ? (faults.hang ?? 0) : (requests['update deployments'] ?? 0);
  };
  const before = await count();
  // What is decided when the write arrives holds for it alone: it takes effect after 15 s.
  await api!.control(
    call === 'read' ? { hang: 1 } : { faults: { rules: { update: { latencyMs: [30_000, 30_000] } } } },
  );
  open();
  let now = before;
  const asking = setInterval(() => void count().then((seen) => (now = seen)), 10);
  await slack.until(() => now > before, { within: 10_000, what: `our ${call} to hang` });
  clearInterval(asking);
  await api!.control({ faults: {} });
}
