import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { promisify } from 'node:util';

/** A certificate for 127.0.0.1 and localhost that is its own authority, in a folder of its own. */
export interface Certificate {
  certFile: string;
  cert: Buffer;
  key: Buffer;
  remove: () => Promise<void>;
}

export async function makeCertificate(): Promise<Certificate> {
  const folder = await mkdtemp(join(tmpdir(), 're-teams-'));
  const files = { certFile: join(folder, 'login.crt'), keyFile: join(folder, 'login.key') };
  const made = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  const subject = ['-subj', '/CN=stand-in login', '-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost'];
  await promisify(execFile)('openssl', [...made, ...subject, '-out', files.certFile, '-keyout', files.keyFile]);
  return {
    certFile: files.certFile,
    cert: await readFile(files.certFile),
    key: await readFile(files.keyFile),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** This process trusts it from now on, as NODE_EXTRA_CA_CERTS would from the start. @returns how to undo that. */
export function trustHere({ cert }: Certificate): () => void {
  const pem = cert.toString();
  setDefaultCACertificates([...getCACertificates('default'), pem]);
  return () => setDefaultCACertificates(getCACertificates('default').filter((it) => it.trim() !== pem.trim()));
}
