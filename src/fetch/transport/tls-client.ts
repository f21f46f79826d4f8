import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import type { ConnectionOptions, SecureContext, TLSSocket } from 'node:tls';
import { LRUCache } from 'lru-cache';
import type { TlsOptions } from '../http-options.ts';
import type { Destination } from './destination.ts';

/** The most servers whose TLS sessions are kept: some 2 kB each. */
const MOST_SESSIONS = 1_000;

/** The most servers remembered as connected to before. */
const MOST_SEEN = 10_000;

/**
 * The protocols that are offered, as a list for TLS. Each connection has a copy as long as it lives. As a
 * DataView the copy takes its own few bytes; as an array of names, or a Buffer, it would be a part of
 * Node's pool of 64 KiB and keep all of that: 16 MB for 256 connections.
 */
const HTTP_1 = alpnList('http/1.1');
const HTTP_2_OR_1 = alpnList('h2', 'http/1.1');

/** The default trust, shared by all connections: reading it takes 8 ms, and each context 2 MB. */
let usual: SecureContext | undefined;

/** Speaks TLS with one identity, and resumes sessions. */
export class TlsClient {
  readonly #context: SecureContext | undefined;
  readonly #allowH2: boolean;
  readonly #insecure: boolean;
  /** A session spares the next connection most of the handshake (RFC 8446 section 2.2). */
  readonly #sessions = new LRUCache<string, Buffer>({ max: MOST_SESSIONS });
  readonly #seen = new LRUCache<string, true>({ max: MOST_SEEN });

  /**
   * @param context the authorities to trust, and our certificate. @default Node's authorities
   * @param allowH2 whether HTTP/2 may be offered at all
   * @param insecure whether no certificate is checked
   */
  constructor(context: SecureContext | undefined, allowH2: boolean, insecure = false) {
    this.#context = context;
    this.#allowH2 = allowH2;
    this.#insecure = insecure;
  }

  /**
   * Begins a TLS connection.
   * @param over an address and a port, or a connected socket
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
      // Certificates are checked even where `NODE_TLS_REJECT_UNAUTHORIZED` tells Node not to.
      rejectUnauthorized: !this.#insecure,
      // TLS accepts only names, without the final dot (RFC 6066 section 3).
      servername: isIP(host) === 0 ? host.replace(/\.$/, '') : '',
      // By default, a certificate for an address would be compared with where the connection leads: another
      // address (`--resolve`), or `localhost` in a tunnel.
      checkServerIdentity: (_, certificate) => tls.checkServerIdentity(host, certificate),
      ALPNProtocols: this.#allowH2 && offersHttp2 ? HTTP_2_OR_1 : HTTP_1,
      secureContext: this.#context ?? usual,
      // node:tls treats undefined differently from absent.
      ...(session === undefined ? {} : { session }),
    } as ConnectionOptions);
    checkNamesOnly(socket);
    this.#remember(socket, server);
    return socket;
  }

  /** Most servers of a long list are connected to once: their sessions are not worth keeping. */
  #remember(socket: TLSSocket, server: string): void {
    if (this.#seen.has(server)) {
      socket.on('session', (ticket: Buffer) => this.#sessions.set(server, ticket));
    } else {
      this.#seen.set(server, true);
    }
  }
}

/**
 * After verifying the chain, node:tls turns all of its certificates into objects, of which
 * `checkServerIdentity()` only needs the names. That takes 0.6 ms for each connection, a seventh of
 * the CPU time of a run over 3,000 hosts. Here the same check gets the names alone, in 0.2 ms.
 * node:tls has no option for that, hence the replaced method.
 */
function checkNamesOnly(socket: TLSSocket): void {
  const whole = socket.getPeerCertificate;
  socket.getPeerCertificate = ((isDetailed) => {
    const subjectaltname = socket.getPeerX509Certificate()?.subjectAltName;
    // A certificate without a DNS name may be checked by its subject.
    if (!subjectaltname?.includes('DNS:')) return whole.call(socket, isDetailed);
    return { subject: {}, subjectaltname };
  }) as TLSSocket['getPeerCertificate'];
}

/** Each name with its length before it (RFC 7301 section 3.1). */
function alpnList(...names: readonly string[]): DataView {
  const text = names.map((name) => String.fromCharCode(name.length) + name).join('');
  return new DataView(Uint8Array.from(text, (character) => character.charCodeAt(0)).buffer);
}

/**
 * The authorities to trust, and our certificate.
 * @throws TypeError when `ca` has no certificate; what OpenSSL throws for invalid PEM
 */
export function secureContextOf({ ca, cert, key, passphrase }: TlsOptions): SecureContext {
  // Loaded here: it takes 8 ms, and a run over plain HTTP does without.
  const { createSecureContext, getCACertificates } = process.getBuiltinModule('node:tls');
  return createSecureContext({
    ...(ca === undefined ? {} : { ca: [...getCACertificates('default'), ...certificatesIn(ca)] }),
    ...(cert === undefined ? {} : { cert, key: key ?? cert }),
    ...(passphrase === undefined ? {} : { passphrase }),
  });
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----/gs;

/**
 * The certificates in a text, each checked: OpenSSL skips those that it cannot read, and would then
 * trust no server.
 * @throws TypeError when there are none; what OpenSSL throws for an invalid one
 */
export function certificatesIn(pem: string): string[] {
  const certificates = pem.match(CERTIFICATE) ?? [];
  if (certificates.length === 0) throw new TypeError('no certificate found');
  return certificates.map((certificate) => new X509Certificate(certificate).toString());
}
