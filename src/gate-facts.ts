import type { Guard } from './ports.ts';
import type { Target } from './release/command.ts';
import type { GateFacts } from './release/gates.ts';
import { type Freeze, keys, type Lock, type Quarantine, type Successes } from './release/keys.ts';
import type { World } from './world.ts';

/** Reads what the gates of a target are judged by, with guards: if any of it changes meanwhile, the write loses. */
export async function readGates(
  world: World,
  target: Target,
  at: { startAt?: number; digest?: string; version?: string },
): Promise<{ facts: GateFacts; guards: Guard[]; now: number }> {
  const environment = world.catalog().environments[target.environment]!;
  const first = environment.after && { ...target, environment: environment.after.environment };
  const names = [
    keys.freeze(target.environment),
    keys.lock(target),
    keys.quarantine(target),
    ...(first ? [keys.succeeded(first)] : []),
  ];
  const { records, now } = await world.ledger.read(names);
  const value = <T>(index: number) => records[index]?.value as T | undefined;
  const facts: GateFacts = {
    target,
    environment,
    startAt: at.startAt ?? now,
    digest: at.digest,
    version: at.version,
    freeze: value<Freeze>(0),
    lock: value<Lock>(1),
    quarantine: value<Quarantine>(2),
    before: value<Successes>(3),
  };
  return { facts, guards: names.map((key, index) => ({ key, rev: records[index]?.rev ?? 0 })), now };
}
