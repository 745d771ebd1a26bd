import type { Activity } from './activity.ts';

/**
 * What is wrong with a request before anybody looks at its signature; undefined when the signature decides.
 *
 * Only tokens that the Connector itself issued are looked at: the SDK would also believe Entra's tokens of our own app,
 * and those we hand to everybody whom we call.
 *
 * @param now milliseconds since 1970
 */
export const whyHopeless = (
  { channelId, serviceUrl }: Activity,
  authorization: string,
  issuer: string,
  now: number,
): string | undefined => {
  const token = /^Bearer ([\w-]+)\.([\w-]+)\.[\w-]+$/.exec(authorization);
  if (!token) return 'it bears no token';
  if (channelId !== 'msteams') return 'its channel is not Teams';
  // The SDK compares serviceUrl with the token only where there is one.
  if (!serviceUrl) return 'it names no serviceUrl';
  const claims = jsonOf(token[2]!);
  if (claims?.iss !== issuer) return 'the Bot Connector did not issue its token';
  if (typeof claims.exp !== 'number' || claims.exp * 1_000 + toleranceMs < now) return 'its token has expired';
  return undefined;
};

/** Clocks differ: as much as the SDK allows them. */
const toleranceMs = 300_000;

const jsonOf = (part: string): Record<string, unknown> | undefined => {
  try {
    const claims: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return typeof claims === 'object' && claims !== null ? { ...claims } : undefined;
  } catch {
    return undefined;
  }
};
