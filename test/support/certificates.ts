import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { promisify } from 'node:util';
import { temporaryDirectory } from './temporary-directory.ts';

/** A certificate and its key, in PEM. */
export interface Identity {
  readonly cert: string;
  readonly key: string;
}

/** The faults of a certificate. */
interface Particulars {
  /** Its hosts, in the format of `subjectAltName`. */
  readonly hosts?: string;
  /** Whether it expired yesterday. */
  readonly isExpired?: boolean;
}

const openssl = (...args: string[]) => promisify(execFile)('openssl', args);

/** Makes a self-signed certificate for `localhost` and 127.0.0.1 with openssl. */
export async function selfSigned(
  t: TestContext,
  name = 'localhost',
  { hosts = 'DNS:localhost,IP:127.0.0.1', isExpired = false }: Particulars = {},
): Promise<Identity> {
  const directory = await temporaryDirectory(t);
  const [cert, key] = [join(directory, 'cert.pem'), join(directory, 'key.pem')];
  await openssl(
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
    ...['-utf8', '-subj', `/CN=${name}`, '-days', '2', '-keyout', key, '-out', cert],
    ...['-addext', `subjectAltName=${hosts}`],
  );
  // `openssl req` refuses to make a certificate that has expired.
  if (isExpired) await openssl('x509', '-in', cert, '-signkey', key, '-days', '-1', '-out', cert);
  return { cert: await readFile(cert, 'utf8'), key: await readFile(key, 'utf8') };
}
