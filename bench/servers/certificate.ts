import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** Paths of two PEM files. */
export interface Certificate {
  readonly certificate: string;
  readonly key: string;
}

/** Makes a self-signed certificate for 127.0.0.1, valid for a day. Needs openssl. */
export async function makeCertificate(directory: string): Promise<Certificate> {
  const certificate = join(directory, 'certificate.pem');
  const key = join(directory, 'key.pem');
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const who = ['-days', '1', '-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
  await execute('openssl', ['req', ...kind, ...who, '-keyout', key, '-out', certificate], {
    timeout: 20_000,
  });
  return { certificate, key };
}
