import { X509Certificate } from 'node:crypto';
import type { Socket } from 'node:net';
import type { SecureContext } from 'node:tls';
import { buildConnector, errors } from 'undici';
import { BorrowedReads, borrowing, canBorrow } from './borrowed-reads.ts';
import type { TlsOptions } from './http-options.ts';
import type { Lookup } from './lookups.ts';

export type Connect = buildConnector.connector;

/** How connections are made. */
export interface ConnectorOptions {
  /** For DNS, TCP and TLS together, in ms; 0 for none. */
  readonly timeout: number;
  readonly secureContext?: SecureContext | undefined;
  /** Speak HTTP/2 where the server does. */
  readonly allowH2: boolean;
  /** How hosts are looked up. */
  readonly lookup: Lookup;
}

/** Certificates are checked, also where `NODE_TLS_REJECT_UNAUTHORIZED` would have Node not do so. */
export const CHECKED = { rejectUnauthorized: true } as const;

/**
 * Makes undici's connections, and can give up those still being made: undici itself sees each
 * through to its end or its deadline, which would keep the process alive after the run.
 */
export class Connector implements Disposable {
  readonly #connect: Connect;
  readonly #connecting = new Set<Socket>();
  /** Of the connection that is being started. */
  #reads = new BorrowedReads();
  /** How much had been read on a connection when it failed. */
  readonly #readBefore = new WeakMap<Error, number>();

  constructor({ timeout, secureContext, allowH2, lookup }: ConnectorOptions) {
    // To undici's types any function of that name is as good.
    this.#connect = buildConnector({
      timeout,
      allowH2,
      lookup,
      ...CHECKED,
      // Absent is not the same as undefined to node:tls, nor to node:net.
      ...(secureContext === undefined ? {} : { secureContext }),
      ...(canBorrow ? { onread: borrowing(() => this.#reads) } : {}),
    } as buildConnector.BuildOptions);
  }

  /** What undici calls for a new connection. */
  readonly connect: Connect = (options, callback) => {
    const reads = new BorrowedReads();
    this.#reads = reads;
    // undici's types keep to themselves that the socket is returned at once.
    const socket = this.#connect(options, (...result: Parameters<typeof callback>) => {
      this.#connecting.delete(socket);
      callback(...result);
    }) as unknown as Socket;
    if (canBorrow) reads.attach(socket);
    this.#connecting.add(socket);
    socket.on('error', (error) => {
      // What makes no sense is not counted: it may be the first that has come.
      const isNonsense = error.name === 'HTTPParserError';
      this.#readBefore.set(error, isNonsense ? reads.before : socket.bytesRead);
    });
  };

  /**
   * Whether `error` is the end of a connection that had served requests before: most likely the
   * server had closed it while it was idle, or had something left to say of the request before, which
   * says nothing about the request that was sent on it (RFC 9112 section 9.3.1).
   */
  hadServed(error: unknown): boolean {
    if (!(error instanceof Error)) return false;
    const byUndici = error instanceof errors.SocketError ? error.socket?.bytesRead : undefined;
    return (byUndici ?? this.#readBefore.get(error) ?? 0) > 0;
  }

  /** Gives up the connections that are not there yet. */
  [Symbol.dispose](): void {
    for (const socket of this.#connecting) socket.destroy();
  }
}

/**
 * Whom to trust, and who we are.
 * @throws TypeError when `ca` has no certificate; what OpenSSL has to say about PEM that is none
 */
export function secureContextOf({ ca, cert, key, passphrase }: TlsOptions): SecureContext {
  // Only now: it takes 8 ms, and a run over plain HTTP does without.
  const { createSecureContext, getCACertificates } = process.getBuiltinModule('node:tls');
  return createSecureContext({
    ...(ca === undefined ? {} : { ca: [...getCACertificates('default'), ...certificatesIn(ca)] }),
    ...(cert === undefined ? {} : { cert, key: key ?? cert }),
    ...(passphrase === undefined ? {} : { passphrase }),
  });
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----/gs;

/** Looked at one by one: OpenSSL passes over what it cannot read, and then trusts nobody. */
function certificatesIn(pem: string): string[] {
  const certificates = pem.match(CERTIFICATE) ?? [];
  if (certificates.length === 0) throw new TypeError('no certificate in what is to be trusted');
  return certificates.map((certificate) => new X509Certificate(certificate).toString());
}
