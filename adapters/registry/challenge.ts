/** What a registry wants to see: `Basic`, or a token to be fetched at `realm` for `service` and `scope`. */
export interface Challenge {
  scheme: 'basic' | 'bearer';
  realm?: string;
  service?: string;
  scope?: string;
}

/** Reads `WWW-Authenticate`. Of several, Bearer is taken; undefined when there is none that we know. */
export function parseChallenge(header: string | null): Challenge | undefined {
  const found = [...(header ?? '').matchAll(/(?:^|,\s*)(basic|bearer)\b((?:\s*,?\s*[\w-]+=(?:"[^"]*"|[^\s",]+))*)/gi)];
  const challenges = found.map(([, scheme, rest]) => {
    const fields = [...rest!.matchAll(/([\w-]+)=(?:"([^"]*)"|([^\s",]+))/g)];
    const field = (name: string) =>
      fields
        .find(([, key]) => key!.toLowerCase() === name)
        ?.slice(2)
        .find(Boolean);
    const known = { realm: field('realm'), service: field('service'), scope: field('scope') };
    return { scheme: scheme!.toLowerCase() as Challenge['scheme'], ...known };
  });
  return challenges.find(({ scheme }) => scheme === 'bearer') ?? challenges[0];
}
