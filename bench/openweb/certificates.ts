import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Certificate } from '../servers/certificate.ts';
import { DOMAIN } from './host.ts';

const execute = promisify(execFile);
const ELLIPTIC = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

export interface WebCertificates {
  /** Path of the authority's certificate in PEM, for clients to trust. */
  readonly authority: string;
  /** The certificate of all hosts, signed by the authority. */
  readonly server: Certificate;
}

/** Makes an authority, and a certificate signed by it for all hosts, valid for a day. Needs openssl 3. */
export async function makeWebCertificates(directory: string): Promise<WebCertificates> {
  const authority = await make(join(directory, 'authority'), ['-subj', '/CN=openweb authority']);
  const server = await make(join(directory, 'server'), [
    ...['-CA', authority.certificate, '-CAkey', authority.key],
    ...['-subj', `/CN=${DOMAIN}`, '-addext', `subjectAltName=DNS:*.${DOMAIN}`],
    ...['-addext', 'basicConstraints=CA:FALSE'],
  ]);
  return { authority: authority.certificate, server };
}

async function make(path: string, about: readonly string[]): Promise<Certificate> {
  const made = { certificate: `${path}.pem`, key: `${path}.key` };
  const where = ['-days', '1', '-keyout', made.key, '-out', made.certificate];
  await execute('openssl', ['req', ...ELLIPTIC, ...about, ...where], { timeout: 20_000 });
  return made;
}
