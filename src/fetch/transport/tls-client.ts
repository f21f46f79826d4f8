import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import type { ConnectionOptions, SecureContext, TLSSocket } from 'node:tls';
import { LRUCache } from 'lru-cache';
import type { TlsOptions } from '../http-options.ts';
import type { Destination } from './destination.ts';

/** Certificates are checked, also where `NODE_TLS_REJECT_UNAUTHORIZED` would have Node not do so. */
const CHECKED = { rejectUnauthorized: true } as const;

/** Servers whose TLS sessions are remembered, at most: some 2 kB each. */
const MOST_SESSIONS = 1_000;

/** Servers of which is remembered that they were connected to before, at most. */
const MOST_SEEN = 10_000;

/** What is trusted by default, for all connections: to read it takes 8 ms, and each context 2 MB. */
let usual: SecureContext | undefined;

/** Speaks TLS with one identity, and resumes sessions. */
export class TlsClient {
  readonly #context: SecureContext | undefined;
  readonly #allowH2: boolean;
  /** What spares the next connection to a server most of the handshake (RFC 8446 section 2.2). */
  readonly #sessions = new LRUCache<string, Buffer>({ max: MOST_SESSIONS });
  readonly #seen = new LRUCache<string, true>({ max: MOST_SEEN });

  /**
   * @param context whom to trust, and who we are; by default what Node trusts
   * @param allowH2 whether HTTP/2 may be offered at all
   */
  constructor(context: SecureContext | undefined, allowH2: boolean) {
    this.#context = context;
    this.#allowH2 = allowH2;
  }

  /**
   * Begins a TLS connection.
   * @param over what it is spoken over: an address and port, or a socket that is connected
   * @param offersHttp2 whether HTTP/2 is offered to this server now
   */
  connect(
    over: ConnectionOptions | { readonly socket: Duplex },
    { host, port }: Destination,
    offersHttp2: boolean,
  ): TLSSocket {
    const tls = process.getBuiltinModule('node:tls');
    usual ??= this.#context === undefined ? tls.createSecureContext() : undefined;
    const server = `${host}:${port}`;
    const session = this.#sessions.get(server);
    const socket = tls.connect({
      ...over,
      ...CHECKED,
      // TLS knows names only, and those without the dot at their end (RFC 6066 section 3).
      servername: isIP(host) === 0 ? host.replace(/\.$/, '') : '',
      // Without it a certificate for an address is held against where the connection leads: another
      // address (`--resolve`), or within a tunnel `localhost`.
      checkServerIdentity: (_, certificate) => tls.checkServerIdentity(host, certificate),
      ALPNProtocols: this.#allowH2 && offersHttp2 ? ['h2', 'http/1.1'] : ['http/1.1'],
      secureContext: this.#context ?? usual,
      // Absent is not the same as undefined to node:tls.
      ...(session === undefined ? {} : { session }),
    } as ConnectionOptions);
    checkNamesOnly(socket);
    this.#remember(socket, server);
    return socket;
  }

  /** Of most servers of a long list one connection is made: their sessions are not worth keeping. */
  #remember(socket: TLSSocket, server: string): void {
    if (this.#seen.has(server)) {
      socket.on('session', (ticket: Buffer) => this.#sessions.set(server, ticket));
    } else {
      this.#seen.set(server, true);
    }
  }
}

/**
 * Once the chain is verified, node:tls makes objects of all its certificates, of which
 * `checkServerIdentity()` needs the names: 0.6 ms for each connection, a seventh of the CPU time that a run
 * over 3,000 hosts took. The same check is given the names alone here, which takes 0.2 ms.
 */
function checkNamesOnly(socket: TLSSocket): void {
  const whole = socket.getPeerCertificate;
  socket.getPeerCertificate = ((isDetailed) => {
    const subjectaltname = socket.getPeerX509Certificate()?.subjectAltName;
    // Without a DNS name it may go by its subject.
    if (!subjectaltname?.includes('DNS:')) return whole.call(socket, isDetailed);
    return { subject: {}, subjectaltname };
  }) as TLSSocket['getPeerCertificate'];
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

/**
 * Looked at one by one: OpenSSL passes over what it cannot read, and then trusts nobody.
 * @throws TypeError when there is none; what OpenSSL has to say about one that is none
 */
export function certificatesIn(pem: string): string[] {
  const certificates = pem.match(CERTIFICATE) ?? [];
  if (certificates.length === 0) throw new TypeError('no certificate in what is to be trusted');
  return certificates.map((certificate) => new X509Certificate(certificate).toString());
}
