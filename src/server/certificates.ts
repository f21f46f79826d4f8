import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { CertificateName } from './faults/fault.ts';

/** src/server, dist/server and dist/command, where the bundle is, are equally deep. */
const ASSETS = new URL('../../assets/certificates/', import.meta.url);

/**
 * The path of the authority that signed the certificates that are not self-signed. A client that trusts
 * it sees a single fault in each of them.
 */
export function authorityPath(): string {
  return fileURLToPath(new URL('authority.pem', ASSETS));
}

/** A certificate with a fault, and its key, in PEM. */
export function readCertificate(name: CertificateName): { cert: string; key: string } {
  const read = (file: string) => readFileSync(new URL(file, ASSETS), 'utf8');
  return { cert: read(`${name}.pem`), key: read(`${name}-key.pem`) };
}
