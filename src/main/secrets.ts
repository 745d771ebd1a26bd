import type { SecretReader } from '../config/secrets.ts';
import type { Settings } from '../config/settings.ts';

/** Every secret that the settings hold, as it may turn up in a text: a password of a URL also as it was typed. */
export function secretsOf({ redis, slack, teams, anthropic }: Settings): string[] {
  const mode = slack && ('http' in slack.mode ? slack.mode.http.signingSecret : slack.mode.socket.appToken);
  const own = [slack?.botToken, mode, teams?.app?.password, anthropic?.apiKey].flatMap((one) => one?.reveal() ?? []);
  return [...own, ...passwordsIn(redis.url.reveal())];
}

function passwordsIn(url: string): string[] {
  const { password } = new URL(url);
  return password === '' ? [] : [...new Set([password, decoded(password)])];
}

/** A stray % is not an escape. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Reads as `reader` does, and tells `known` what it read, so that the log can hide it. */
export const remembering = (reader: SecretReader, known: Set<string>): SecretReader => ({
  async read(reference) {
    const secret = await reader.read(reference);
    known.add(secret.reveal());
    return secret;
  },
});
