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

/**
 * A self-signed certificate, made by openssl.
 * @param name of its subject
 * @param hosts it is for, as `subjectAltName` has them
 * @param validity options of openssl that say when it is valid
 */
export async function selfSigned(
  t: TestContext,
  name = 'localhost',
  hosts = 'DNS:localhost,IP:127.0.0.1',
  validity: readonly string[] = ['-days', '2'],
): Promise<Identity> {
  const directory = await temporaryDirectory(t);
  const [cert, key] = [join(directory, 'cert.pem'), join(directory, 'key.pem')];
  await promisify(execFile)('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
    ...['-utf8', '-subj', `/CN=${name}`, ...validity, '-keyout', key, '-out', cert],
    ...['-addext', `subjectAltName=${hosts}`],
  ]);
  return { cert: await readFile(cert, 'utf8'), key: await readFile(key, 'utf8') };
}
