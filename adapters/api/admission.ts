import type { Ledger, Principal } from '../../src/ports.ts';
import { type Problem, tooMany, unauthorised } from './problem.ts';
import { readBearer } from './token.ts';
import { whoHolds } from './tokens.ts';

/** How many requests are taken a minute, from one address and for one principal. */
export interface Rates {
  perAddress: number;
  perPrincipal: number;
}

export const usualRates: Rates = { perAddress: 1_200, perPrincipal: 300 };
const minute = 60_000;

/** Nobody: what a request to an open route is made by. */
export const nobody: Principal = {
  principal: '',
  name: '',
  actor: { surface: 'api', tenant: '', id: '', name: '' },
  emails: [],
  groups: [],
  roles: [],
  token: true,
};

/** Lets a request in, or says why not. The address counts before the token, so that guessing is slow too. */
export async function admit(
  ledger: Ledger,
  rates: Rates,
  from: { address: string; authorization?: string },
): Promise<{ who: Principal } | { problem: Problem }> {
  const room = await ledger.take(`api:address:${from.address}`, rates.perAddress, minute);
  if (!room.ok) return { problem: tooMany(room.waitMs) };
  const bearer = readBearer(from.authorization);
  const who = bearer && (await whoHolds(ledger, bearer));
  if (!who) return { problem: unauthorised() };
  const share = await ledger.take(`api:principal:${who.principal}`, rates.perPrincipal, minute);
  return share.ok ? { who } : { problem: tooMany(share.waitMs) };
}
