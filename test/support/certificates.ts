import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

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

/** Those made so far in this process, by their properties: openssl takes longer than most tests. */
const made = new Map<string, Promise<Identity>>();

/**
 * A self-signed certificate, by default for `localhost` and 127.0.0.1. The same name and particulars give
 * the same one.
 */
export function selfSigned(
  name = 'localhost',
  { hosts = 'DNS:localhost,IP:127.0.0.1', isExpired = false }: Particulars = {},
): Promise<Identity> {
  const key = JSON.stringify([name, hosts, isExpired]);
  const identity = made.get(key) ?? make(name, { hosts, isExpired });
  made.set(key, identity);
  return identity;
}

async function make(name: string, { hosts, isExpired }: Required<Particulars>): Promise<Identity> {
  const directory = await mkdtemp(join(tmpdir(), 'flaghoist-'));
  try {
    const [cert, key] = [join(directory, 'cert.pem'), join(directory, 'key.pem')];
    await openssl(
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
      ...['-utf8', '-subj', `/CN=${name}`, '-days', '2', '-keyout', key, '-out', cert],
      ...['-addext', `subjectAltName=${hosts}`],
    );
    // `openssl req` refuses to make a certificate that has expired.
    if (isExpired) await openssl('x509', '-in', cert, '-signkey', key, '-days', '-1', '-out', cert);
    return { cert: await readFile(cert, 'utf8'), key: await readFile(key, 'utf8') };
  } finally {
    await rm(directory, { recursive: true });
  }
}
