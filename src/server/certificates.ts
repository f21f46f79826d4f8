import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { CertificateName } from './faults/fault.ts';

/** src/server and dist/command are equally deep, as is dist/server. */
const ASSETS = new URL('../../assets/certificates/', import.meta.url);

/** What signed the certificates that are not self-signed: whoever trusts it sees one thing wrong only. */
export function authorityPath(): string {
  return fileURLToPath(new URL('authority.pem', ASSETS));
}

/** A certificate that is not to be trusted, and its key, in PEM. */
export function readCertificate(name: CertificateName): { cert: string; key: string } {
  const read = (file: string) => readFileSync(new URL(file, ASSETS), 'utf8');
  return { cert: read(`${name}.pem`), key: read(`${name}-key.pem`) };
}
