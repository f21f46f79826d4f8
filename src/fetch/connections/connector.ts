import { X509Certificate } from 'node:crypto';
import { connect, isIP, type Socket } from 'node:net';
import type { SecureContext } from 'node:tls';
import type { TlsOptions } from '../http-options.ts';
import type { Lookup } from '../lookups.ts';
import type { DeadlineWatch } from './deadline-watch.ts';
import type { Destination } from './destination.ts';
import { Link } from './link.ts';

/** How connections are made. */
export interface ConnectorOptions {
  readonly watch: DeadlineWatch;
  /** For DNS, TCP and TLS together, in ms; 0 for none. */
  readonly timeout: number;
  readonly secureContext?: SecureContext | undefined;
  /** Speak HTTP/2 where the server does. */
  readonly allowH2: boolean;
  /** How hosts are looked up. */
  readonly lookup: Lookup;
}

/**
 * Makes a connection.
 * @param done told once, later: the connection, or why there is none
 * @param offersHttp2 asked when TLS begins
 * @returns what is under way; disposed of, it is given up, and nothing more is told
 */
export type Connect = (
  to: Destination,
  done: (result: Link | Error) => void,
  offersHttp2: () => boolean,
) => Disposable;

/** Certificates are checked, also where `NODE_TLS_REJECT_UNAUTHORIZED` would have Node not do so. */
const CHECKED = { rejectUnauthorized: true } as const;

/** As browsers and curl do: a connection that nothing comes on may have gone without a word. */
const TCP = { noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 } as const;

/** Servers whose TLS sessions are remembered, at most. */
const MOST_SESSIONS = 100;

/** Makes connections, over TCP or TLS. */
export class Connector {
  readonly #options: ConnectorOptions;
  /** What spares the next connection to a server most of the handshake (RFC 8446 section 2.2). */
  readonly #sessions = new Map<string, Buffer>();

  constructor(options: ConnectorOptions) {
    this.#options = options;
  }

  readonly connect: Connect = (to, done, offersHttp2) => {
    const { watch, timeout, lookup } = this.#options;
    const link: Link = new Link(watch, timeout, (error) => done(error ?? link));
    const { host, port } = to;
    const tcp = { host, port, lookup, onread: link.onread, ...TCP };
    if (to.isSecure) {
      this.#secure(link, to, offersHttp2, tcp);
    } else {
      const socket = connect(tcp);
      link.attach(socket);
      socket.once('connect', () => link.establish());
    }
    return link;
  };

  /** TLS within a connection that leads there: as {@link connect}. */
  connectWithin(socket: Socket, ...[to, done, offersHttp2]: Parameters<Connect>): Disposable {
    const { watch, timeout } = this.#options;
    const link: Link = new Link(watch, timeout, (error) => done(error ?? link));
    this.#secure(link, to, offersHttp2, { host: to.host, socket });
    return link;
  }

  /** @param over what TLS is spoken over */
  #secure(link: Link, { host, port }: Destination, offersHttp2: () => boolean, over: object): void {
    const { secureContext, allowH2 } = this.#options;
    const server = `${host}:${port}`;
    const session = this.#sessions.get(server);
    const socket = process.getBuiltinModule('node:tls').connect({
      ...over,
      ...CHECKED,
      // TLS knows names only (RFC 6066 section 3).
      servername: isIP(host) === 0 ? host : '',
      ALPNProtocols: allowH2 && offersHttp2() ? ['h2', 'http/1.1'] : ['http/1.1'],
      // Absent is not the same as undefined to node:tls.
      ...(secureContext === undefined ? {} : { secureContext }),
      ...(session === undefined ? {} : { session }),
    });
    link.attach(socket);
    socket.once('secureConnect', () => link.establish());
    socket.on('session', (ticket: Buffer) => {
      if (this.#sessions.size >= MOST_SESSIONS) this.#sessions.clear();
      this.#sessions.set(server, ticket);
    });
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

/**
 * Looked at one by one: OpenSSL passes over what it cannot read, and then trusts nobody.
 * @throws TypeError when there is none; what OpenSSL has to say about one that is none
 */
export function certificatesIn(pem: string): string[] {
  const certificates = pem.match(CERTIFICATE) ?? [];
  if (certificates.length === 0) throw new TypeError('no certificate in what is to be trusted');
  return certificates.map((certificate) => new X509Certificate(certificate).toString());
}
