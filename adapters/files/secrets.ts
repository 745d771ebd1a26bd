import { readFile } from 'node:fs/promises';
import {
  referenceText,
  type Secret,
  type SecretReader,
  type SecretReference,
  secret,
} from '../../src/config/secrets.ts';
import { TerminalError } from '../../src/errors.ts';

const nothingThere = (reference: SecretReference, why: string, cause?: unknown): TerminalError =>
  new TerminalError(
    'misconfigured',
    `The secret ${referenceText(reference)} cannot be read: ${why}.`,
    reference.from === 'env'
      ? `Set the variable ${reference.name} for this process.`
      : `Put the secret into ${reference.path}, readable for this process.`,
    cause,
  );

async function textOf(reference: SecretReference, env: Readonly<Record<string, string | undefined>>): Promise<string> {
  if (reference.from === 'env') return env[reference.name] ?? '';
  try {
    return await readFile(reference.path, 'utf8');
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error';
    throw nothingThere(reference, code === 'ENOENT' ? 'there is no such file' : code, cause);
  }
}

/** Reads secrets from variables and files, anew each time: a rotated secret is picked up, and none is kept. */
export const secretReader = (env: Readonly<Record<string, string | undefined>>): SecretReader => ({
  async read(reference: SecretReference): Promise<Secret> {
    // Files end with a line end that nobody meant.
    const text = (await textOf(reference, env)).replace(/\r?\n$/, '');
    if (text === '') throw nothingThere(reference, 'it is empty');
    return secret(text);
  },
});
