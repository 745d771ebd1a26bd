import { z } from 'zod';
import { referenceText, type SecretReader, type SecretReference } from '../../src/config/secrets.ts';
import { TerminalError } from '../../src/errors.ts';
import type { Challenge } from './challenge.ts';
import { ask, Denied, isSafe, type Wire } from './http.ts';

/** User and password of a registry, by reference. */
export interface Credentials {
  username: SecretReference;
  password: SecretReference;
}

/** One repository at one registry, as the catalog names them. */
export interface Repository {
  host: string;
  repository: string;
  credentials?: Credentials;
}

/** What goes into `Authorization`, and for how long, ms. */
export interface Pass {
  header: string;
  forMs: number;
}

const tokenAnswer = z.object({
  token: z.string().optional(),
  access_token: z.string().optional(),
  expires_in: z.number().optional(),
});

/** The registry knows us and says no, or wants to know us and cannot. */
export function refused({ host, repository, credentials }: Repository): Denied {
  if (!credentials)
    return new Denied(
      `The registry ${host} lets nobody without credentials read ${repository}, or has no such repository.`,
      `Check the name of the image, or add registries["${host}"] with username and password to the catalog.`,
    );
  const { username, password } = credentials;
  return new Denied(
    `The registry ${host} refuses ${referenceText(username)} with ${referenceText(password)} for ${repository}.`,
    'Check that both are right and not expired, and that this user may pull the image.',
  );
}

async function basic(secrets: SecretReader, { username, password }: Credentials): Promise<string> {
  try {
    const [user, pass] = [await secrets.read(username), await secrets.read(password)];
    return `Basic ${Buffer.from(`${user.reveal()}:${pass.reveal()}`).toString('base64')}`;
  } catch (error) {
    if (error instanceof TerminalError) throw new Denied(error.message, error.hint);
    throw error;
  }
}

function tokenUrl(challenge: Challenge, where: Repository): URL {
  const realm = challenge.realm && URL.canParse(challenge.realm) ? new URL(challenge.realm) : undefined;
  if (!realm || !isSafe(realm))
    throw new Denied(
      `The registry ${where.host} wants its token fetched from an address without https; no credentials were sent.`,
      'Give its token server an https address.',
    );
  if (challenge.service) realm.searchParams.set('service', challenge.service);
  // Never more than pull, whatever the registry would have us ask for.
  realm.searchParams.set('scope', `repository:${where.repository}:pull`);
  return realm;
}

async function token(wire: Wire, secrets: SecretReader, challenge: Challenge, where: Repository): Promise<Pass> {
  const url = tokenUrl(challenge, where);
  const headers: Record<string, string> = { accept: 'application/json' };
  if (where.credentials) headers.authorization = await basic(secrets, where.credentials);
  const answer = await ask(wire, { method: 'GET', url, headers }, where.host);
  if (answer.status !== 200) throw refused(where);
  const read = tokenAnswer.safeParse(jsonOf(answer.body));
  const value = read.data?.token ?? read.data?.access_token;
  if (!value) throw new Denied(`The token server of ${where.host} answers without a token.`, 'Check the registry.');
  // Without a word on it a token lasts 60 s, says the specification; a few are kept for the way.
  return { header: `Bearer ${value}`, forMs: ((read.data?.expires_in ?? 60) - 10) * 1_000 };
}

/** JSON of a body; undefined when it is none. */
export function jsonOf(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    return undefined;
  }
}

/** Answers a challenge. Throws Denied when that cannot be done safely or is refused, TransientError when unreachable. */
export async function answer(
  wire: Wire,
  secrets: SecretReader,
  challenge: Challenge | undefined,
  where: Repository,
): Promise<Pass> {
  if (challenge?.scheme === 'bearer') return token(wire, secrets, challenge, where);
  if (challenge?.scheme === 'basic' && where.credentials)
    return { header: await basic(secrets, where.credentials), forMs: 60_000 };
  throw refused(where);
}
