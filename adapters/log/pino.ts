import { type Logger, pino } from 'pino';
import { redact } from '../../src/release/redact.ts';

/** A field of such a name never holds anything worth reading. */
const secretName = /passw|pwd|secret|token|api[_-]?key|private[_-]?key|credential|authorization|cookie/i;

/**
 * The log: JSON lines on stdout. Every text in every line is redacted before it leaves, by pattern and by the values of
 * the secrets this process knows, so that no field can carry one out; and each line stays a line of JSON.
 *
 * @param known values of secrets; looked at anew for every line
 */
export function pinoLog(
  level: string,
  known: Iterable<string>,
  out: { write(line: string): unknown } = process.stdout,
): Logger {
  const destination = { write: (line: string) => void out.write(`${redactJson(line, [...known])}\n`) };
  const serializers = { err: pino.stdSerializers.err, error: pino.stdSerializers.err };
  return pino({ level, serializers, base: undefined }, destination);
}

/** Text by text rather than the line as a whole: what hides a value up to the next space would hide a quote with it. */
const redactJson = (line: string, known: string[]): string =>
  JSON.stringify(JSON.parse(line), (name, value: unknown) => {
    if (typeof value !== 'string') return value;
    return secretName.test(name) ? '[redacted]' : redact(value, known);
  });
