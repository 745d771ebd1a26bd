import { TransientError } from '../../src/errors.ts';
import type { Ledger, Principal } from '../../src/ports.ts';
import { matches, type TokenRecord, tokenRecord } from './token.ts';

/** Tokens in the ledger: each under its id, and one list of the ids. */
const keyOf = (id: string): string => `token:${id}`;
const listKey = 'tokens';

export interface ListedToken extends Omit<TokenRecord, 'hash'> {
  id: string;
  expired: boolean;
}

async function recordOf(ledger: Ledger, id: string): Promise<{ record?: TokenRecord; now: number }> {
  const { records, now } = await ledger.read([keyOf(id)]);
  return { record: tokenRecord.safeParse(records[0]?.value).data, now };
}

/** Who a token stands for; undefined when it is unknown, revoked or expired. @throws TransientError */
export async function whoHolds(
  ledger: Ledger,
  { id, token }: { id: string; token: string },
): Promise<Principal | undefined> {
  const { record, now } = await recordOf(ledger, id);
  if (!matches(token, record) || !record || record.expires <= now) return undefined;
  const { principal, name, roles } = record;
  const actor = { surface: 'api', tenant: '', id, name } as const;
  // Its roles and nothing else: a token never gets what its person has by e-mail or by group.
  return { principal, name, actor, emails: [], groups: [], roles, token: true };
}

async function idsOf(ledger: Ledger): Promise<{ ids: string[]; rev: number; now: number }> {
  const { records, now } = await ledger.read([listKey]);
  return { ids: (records[0]?.value as string[] | undefined) ?? [], rev: records[0]?.rev ?? 0, now };
}

interface Change {
  id: string;
  record: TokenRecord | null;
  by: string;
}

const tries = 10;

async function write(ledger: Ledger, change: Change): Promise<void> {
  for (let attempt = 0; attempt < tries; attempt += 1) if (await writeOnce(ledger, change)) return;
  throw new TransientError('somebody else is changing tokens at this very moment');
}

/** False when somebody else changed the list meanwhile. */
async function writeOnce(ledger: Ledger, { id, record, by }: Change): Promise<boolean> {
  const { ids, rev } = await idsOf(ledger);
  const others = ids.filter((one) => one !== id);
  const detail = record && { principal: record.principal, roles: record.roles, expires: record.expires };
  const written = await ledger.accept({
    records: [
      { key: keyOf(id), value: record },
      { key: listKey, value: record ? [...others, id] : others },
    ],
    guards: [{ key: listKey, rev }],
    audit: { actor: by, action: record ? 'token-created' : 'token-revoked', subject: keyOf(id), detail },
  });
  return written.ok;
}

/** Keeps a new token. @throws TransientError when somebody else writes tokens at the same time, or no ledger answers */
export const keepToken = (ledger: Ledger, id: string, record: TokenRecord): Promise<void> =>
  write(ledger, { id, record, by: record.createdBy });

/** Takes a token away at once. @returns false when there is no such token */
export async function revokeToken(ledger: Ledger, id: string, by: string): Promise<boolean> {
  const { record } = await recordOf(ledger, id);
  if (record) await write(ledger, { id, record: null, by });
  return record !== undefined;
}

/** Every token that is kept, without its hash. */
export async function listTokens(ledger: Ledger): Promise<ListedToken[]> {
  const { ids, now } = await idsOf(ledger);
  const { records } = await ledger.read(ids.map(keyOf));
  return records.flatMap(({ value }, index) => {
    const record = tokenRecord.omit({ hash: true }).safeParse(value).data;
    return record ? [{ id: ids[index]!, ...record, expired: record.expires <= now }] : [];
  });
}
