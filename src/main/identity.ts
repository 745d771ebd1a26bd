import { listTokens } from '../../adapters/api/tokens.ts';
import { refuse } from '../errors.ts';
import type { Identity, Ledger } from '../ports.ts';
import type { Surface } from '../release/event.ts';

/** One door for everybody: each platform resolves its own people, and a token stands for itself. */
export function everybody(ledger: Ledger, platforms: Partial<Record<Surface, Identity>>): Identity {
  const all: Partial<Record<Surface, Identity>> = { api: tokenHolders(ledger), ...platforms };
  return {
    async resolve(actor) {
      const identity = all[actor.surface];
      if (identity) return identity.resolve(actor);
      return refuse(
        'not-known',
        `${actor.name} comes from ${actor.surface}, which is not set up here.`,
        'Set it up, or ask from another platform.',
      );
    },
  };
}

/** Whoever asked by a token is judged again by that token: a revoked or expired one may not start anything. */
const tokenHolders = (ledger: Ledger): Identity => ({
  async resolve(actor) {
    const token = (await listTokens(ledger)).find((one) => one.id === actor.id);
    if (!token || token.expired)
      return refuse(
        'not-known',
        `The token ${actor.name} is revoked or expired.`,
        'Create a new one: npm run token -- create.',
      );
    const { principal, name, roles } = token;
    return { principal, name, actor, emails: [], groups: [], roles, token: true };
  },
});
