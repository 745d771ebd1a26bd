import { decodeProtectedHeader, errors, type JWTVerifyOptions, jwtVerify } from 'jose';
import type { Activity } from './activity.ts';
import type { ConnectorKey, ConnectorKeys } from './connector-keys.ts';

export interface Verifier {
  /** Who must have issued a token: the Bot Connector of our cloud. */
  issuer: string;
  /** Whom it must be for: the id of our app. */
  appId: string;
  keys: ConnectorKeys;
}

/**
 * What is wrong with the bearer token of a request; undefined when the Bot Connector sent it. The rules are those of
 * learn.microsoft.com, "Authenticate requests from the Bot Connector service to your bot". Entra's tokens, also those of
 * our own app, pass by none of them: we hand ours to everybody whom we call.
 *
 * @throws TransientError when the keys that tell cannot be had now
 */
export const whyForged = async (
  { issuer, appId, keys }: Verifier,
  { channelId, serviceUrl }: Activity,
  authorization: string,
): Promise<string | undefined> => {
  const token = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/.exec(authorization)?.[1];
  if (!token) return 'it bears no token';
  if (channelId !== 'msteams') return 'its channel is not Teams';
  const id = keyIn(token);
  const key = id === undefined ? undefined : await keys.find(id);
  if (!key) return "its token is signed with no key of the Bot Connector's";
  if (!isEndorsed(key, channelId)) return 'its token is signed with a key that has no endorsement for Teams';
  const claims = await claimsOf(token, key, { ...rules, issuer, audience: appId });
  if (typeof claims === 'string') return claims;
  return serviceUrl && claims.serviceurl === serviceUrl ? undefined : 'its token is for another serviceUrl';
};

const rules = {
  algorithms: ['RS256', 'RS384', 'RS512'],
  requiredClaims: ['exp'],
  /** Clocks differ, by at most this many seconds. */
  clockTolerance: 300,
} satisfies JWTVerifyOptions;

const keyIn = (token: string): string | undefined => {
  try {
    const { kid } = decodeProtectedHeader(token);
    return typeof kid === 'string' ? kid : undefined;
  } catch {
    return undefined;
  }
};

/** A key without any endorsement is good for every channel. */
const isEndorsed = ({ endorsements }: ConnectorKey, channel: string): boolean =>
  !endorsements?.length || endorsements.includes(channel);

/** What a token says, or why it is not to be believed. The library's words repeat nothing of what is in it. */
const claimsOf = async (token: string, { kty, n, e }: ConnectorKey, options: JWTVerifyOptions) => {
  try {
    return (await jwtVerify(token, { kty, n, e }, options)).payload;
  } catch (error) {
    if (error instanceof errors.JOSEError) return `its token does not hold: ${error.message}`;
    throw error;
  }
};
