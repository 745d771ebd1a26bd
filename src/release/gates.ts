import type { Environment } from '../config/catalog.ts';
import { type Refusal, refuse } from '../errors.ts';
import { ago, describe, isFrozen } from '../time.ts';
import { type GateName, type Target, targetKey } from './command.ts';
import type { Freeze, Lock, Quarantine, Successes } from './keys.ts';

/** What the gates are judged by: all of it read, so that they can be judged again by anybody. */
export interface GateFacts {
  target: Target;
  environment: Environment;
  /** The instant of the start, ms. */
  startAt: number;
  freeze?: Freeze;
  lock?: Lock;
  quarantine?: Quarantine;
  /** Successes on the target that must come first, and the environment it is in. */
  before?: Successes;
  /** Known from planning on; order and quarantine are about digests. */
  digest?: string;
  version?: string;
  zone?: string;
}

export interface ClosedGate {
  gate: GateName;
  refusal: Refusal;
}

const override = (gate: GateName): string => `or, in an emergency, add "overriding ${gate} because …"`;

function freezeGate({ environment, freeze, startAt, zone }: GateFacts): Refusal | undefined {
  if (freeze && (freeze.until === undefined || freeze.until > startAt)) {
    const until =
      freeze.until === undefined ? 'until somebody unfreezes it' : `until ${describe(freeze.until, zone ?? 'UTC')}`;
    return refuse(
      'frozen',
      `${environment.name} is frozen ${until}: ${freeze.reason} (${freeze.by}).`,
      `Deploy afterwards, ${override('freeze')}.`,
    );
  }
  const window = isFrozen(environment.freezes, startAt);
  if (!window) return undefined;
  const until = describe(window.until, environment.freezes[0]?.zone ?? 'UTC');
  return refuse(
    'frozen',
    `${environment.name} is frozen until ${until}: ${window.reason}.`,
    `Deploy at a later time ("at …"), ${override('freeze')}.`,
  );
}

function lockGate({ target, lock, startAt }: GateFacts): Refusal | undefined {
  if (!lock) return undefined;
  const how = `"unlock ${target.service} ${target.environment} because …"`;
  return refuse(
    'locked',
    `${target.service} in ${target.environment} was locked by ${lock.by} ${ago(Math.max(0, startAt - lock.since))}: ${lock.reason}.`,
    `Ask ${lock.by}, or unlock it: ${how}, ${override('lock')}.`,
  );
}

function orderGate({
  environment,
  before,
  digest,
  version = '<version>',
  startAt,
  target,
}: GateFacts): Refusal | undefined {
  const { after } = environment;
  if (!after || !digest) return undefined;
  const succeededAt = before?.[digest];
  const first = `deploy ${target.service} ${version} to ${after.environment}`;
  if (succeededAt === undefined) {
    return refuse(
      'order',
      `This version has not succeeded in ${after.environment} yet, and ${environment.name} comes after it.`,
      `First "${first}", ${override('order')}.`,
    );
  }
  const ripeAt = succeededAt + after.soakMs;
  if (startAt >= ripeAt) return undefined;
  return refuse(
    'order',
    `This version has been in ${after.environment} for less than its soak time.`,
    `Deploy after ${describe(ripeAt, 'UTC')}, ${override('order')}.`,
  );
}

function quarantineGate({ target, quarantine, digest, startAt }: GateFacts): Refusal | undefined {
  const held = digest ? quarantine?.[digest] : undefined;
  if (!held) return undefined;
  return refuse(
    'quarantined',
    `${held.version} failed on ${targetKey(target)} ${ago(Math.max(0, startAt - held.at))} (${held.release}): ${held.why}.`,
    `Deploy another version, or "release ${target.service} ${target.environment} from quarantine because …", ${override('quarantine')}.`,
  );
}

const judges: [GateName, (facts: GateFacts) => Refusal | undefined][] = [
  ['freeze', freezeGate],
  ['lock', lockGate],
  ['order', orderGate],
  ['quarantine', quarantineGate],
];

/** Gates that are closed now, in the order in which they are told. */
export function closedGates(facts: GateFacts): ClosedGate[] {
  return judges.flatMap(([gate, judge]) => {
    const refusal = judge(facts);
    return refusal ? [{ gate, refusal }] : [];
  });
}

/** The first closed gate that no override passes. */
export const firstClosed = (closed: ClosedGate[], overriding: GateName[] | 'all' | undefined): ClosedGate | undefined =>
  closed.find(({ gate }) => overriding !== 'all' && !overriding?.includes(gate));
