import { type Catalog, findEnvironment, findService } from './config/catalog.ts';
import { isRefusal, type Refusal, refuse } from './errors.ts';
import type { Command, Target } from './release/command.ts';
import { cleanReason } from './release/grammar-text.ts';
import { isReason, isVersion, longestReason } from './release/grammar-values.ts';

/**
 * A command that came typed (a form, a button with its reason, REST), held to what the grammar holds a line to: names of
 * the catalog rather than aliases, versions that can be one, reasons of one clean line. Else a refusal with the fix.
 */
export function proper(catalog: Catalog, command: Command): Command | Refusal {
  const reason = 'reason' in command ? properReason(command.reason) : undefined;
  if (isRefusal(reason)) return reason;
  const version = command.verb === 'deploy' ? command.version : command.verb === 'rollback' ? command.to : undefined;
  if (version !== undefined && !isVersion(version)) return noVersion(version);
  return {
    ...command,
    ...('reason' in command ? { reason } : {}),
    ...('target' in command ? { target: properTarget(catalog, command.target) } : {}),
  } as Command;
}

const properTarget = (catalog: Catalog, { service, environment }: Target): Target => ({
  service: findService(catalog, service)?.name ?? service,
  environment: findEnvironment(catalog, environment)?.name ?? environment,
});

function properReason(text: string | undefined): string | undefined | Refusal {
  const reason = cleanReason((text ?? '').slice(0, 4 * longestReason));
  if (reason === '' || isReason(reason)) return reason === '' ? undefined : reason;
  const say = reason.length > longestReason ? 'The reason is too long.' : 'The reason has no words in it.';
  return refuse('not-understood', say, `Say it in words, in at most ${longestReason} characters.`);
}

const noVersion = (version: string): Refusal =>
  refuse(
    'not-understood',
    version.trim() === '' ? 'There is no version.' : `"${cleanReason(version).slice(0, 80)}" cannot be a version.`,
    'Write an image tag such as 2.4.1, or sha256:… .',
  );
