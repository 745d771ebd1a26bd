/** Secrets are named, never written: a reference says where one lies, and an adapter reads it when it is needed. */
export type SecretReference = { from: 'env'; name: string } | { from: 'file'; path: string };

/** A secret in memory. It shows itself only when asked to: a log, a card or JSON gets `[secret]`. */
export interface Secret {
  reveal(): string;
  toString(): string;
  toJSON(): string;
}

const hidden = '[secret]';

export function secret(text: string): Secret {
  const shell = { reveal: () => text, toString: () => hidden, toJSON: () => hidden };
  return Object.defineProperty(shell, Symbol.for('nodejs.util.inspect.custom'), { value: () => hidden });
}

/** Reads what a reference names. Throws TerminalError `misconfigured` naming the reference when there is nothing. */
export interface SecretReader {
  read(reference: SecretReference): Promise<Secret>;
}

const later = ['age', 'kubernetes'];
const use = 'Name where it lies: "env:NAME" for a variable, or "file:/path" for a file.';

/** `env:REG_PASS` → a reference; a text says what is wrong. It never repeats the value, which may be the secret. */
export function parseSecretReference(text: string): SecretReference | string {
  const [, scheme, rest] = /^([a-z]+):(.+)$/s.exec(text) ?? [];
  if (scheme === 'env' && /^[A-Za-z_]\w*$/.test(rest!)) return { from: 'env', name: rest! };
  if (scheme === 'file' && rest!.startsWith('/')) return { from: 'file', path: rest! };
  if (scheme && later.includes(scheme)) return `References with "${scheme}:" are not available yet. ${use}`;
  return `A secret must not be written here. ${use}`;
}

/** `env:REG_PASS`: how messages name a secret. */
export const referenceText = (reference: SecretReference): string =>
  reference.from === 'env' ? `env:${reference.name}` : `file:${reference.path}`;
