import { readFileSync } from 'node:fs';
import type { Server, ServerOptions } from 'node:https';
import { createSecureContext } from 'node:tls';
import type { Log } from '../../src/ports.ts';

export interface TlsFiles {
  certFile: string;
  keyFile: string;
}

/** Certificates of a cluster are renewed every few weeks while we run. */
const lookEvery = 10_000;

/** Certificate and key, TLS 1.2 at least. @throws Error naming the file and the fix */
export function readTls({ certFile, keyFile }: TlsFiles): ServerOptions {
  const options = {
    cert: read('TLS_CERT_FILE', certFile),
    key: read('TLS_KEY_FILE', keyFile),
    minVersion: 'TLSv1.2',
  } as const;
  try {
    createSecureContext(options);
  } catch (cause) {
    throw new Error(`${certFile} and ${keyFile} are not a certificate and its key. Write both in PEM, as a pair.`, {
      cause,
    });
  }
  return options;
}

function read(setting: string, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new Error(`${setting} names ${path}, which cannot be read. Correct the path, or make it readable.`, {
      cause,
    });
  }
}

/**
 * Follows the files: new connections get the new certificate, a bad one is told once and the old one stays. Read rather
 * than watched: a mounted Secret is swapped by a link, which notices of the file system miss.
 *
 * @returns ends it
 */
export function followTls(server: Server, files: TlsFiles, log: Log, everyMs = lookEvery): () => void {
  let seen = textOf(files);
  const look = () => {
    const now = textOf(files);
    if (now === seen) return;
    seen = now;
    renew(server, files, log);
  };
  const timer = setInterval(look, everyMs).unref();
  return () => clearInterval(timer);
}

function renew(server: Server, files: TlsFiles, log: Log): void {
  try {
    server.setSecureContext(readTls(files));
    log.info({ certFile: files.certFile }, 'the certificate was renewed');
  } catch (err) {
    log.error({ err }, 'the new certificate cannot be used; the one before it stays in use');
  }
}

const textOf = ({ certFile, keyFile }: TlsFiles): string =>
  [certFile, keyFile].map((path) => attempt(() => readFileSync(path, 'utf8'))).join('\0');

function attempt(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}
