import { connect, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { dnsErrorOf } from '../../model/dns-error.ts';
import { AddressError, ConnectionLostError, DeadlineError } from '../../model/failure.ts';
import type { AddressSource } from '../dns/destination-addresses.ts';
import type { AddressListener } from '../dns/host-entry.ts';
import type { DeadlineWatch, Watched } from './deadline-watch.ts';
import { type Destination, hostAndPort } from './destination.ts';
import { HappyEyeballs } from './happy-eyeballs.ts';
import type { TlsClient } from './tls-client.ts';
import { ObservedSocket, Transport, type TransportListener } from './transport.ts';

/** How connections are made. */
export interface ConnectorOptions {
  readonly watch: DeadlineWatch;
  /** For the look-up, TCP and TLS together, in ms; 0 for none. */
  readonly timeout: number;
  readonly tls: TlsClient;
  readonly addresses: AddressSource;
  /** The connections lead to proxies, so no file comes from their addresses. @default false */
  readonly isToProxy?: boolean | undefined;
}

/**
 * Makes a connection.
 * @param done called once, later: with the connection, or the error
 * @param offersHttp2 called when the TLS handshake begins
 * @returns the attempt; disposing of it gives it up, without calling `done`
 */
export type Connect = (
  to: Destination,
  done: (result: Transport | Error) => void,
  offersHttp2: () => boolean,
) => Disposable;

/** Makes connections over TCP or TLS. */
export class Connector {
  readonly #options: ConnectorOptions;

  constructor(options: ConnectorOptions) {
    this.#options = options;
  }

  readonly connect: Connect = (...to) => new PendingConnection(this.#options, ...to).begin();

  /** As {@link connect}, but over a connection that leads there: only TLS is left to do. */
  connectWithin(socket: Socket, ...to: Parameters<Connect>): Disposable {
    return new PendingConnection(this.#options, ...to).beginWithin(socket);
  }
}

/** As in browsers and curl: an idle connection may break without notice. */
const TCP = { noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 } as const;

/** A connection that is being made: look-up, TCP and TLS, with one deadline for all. */
class PendingConnection implements AddressListener, TransportListener, Watched, Disposable {
  readonly #options: ConnectorOptions;
  readonly #to: Destination;
  readonly #done: Parameters<Connect>[1];
  readonly #offersHttp2: () => boolean;
  readonly #transport = new Transport(this);
  #lookup: Disposable | undefined;
  #race: HappyEyeballs<Socket> | undefined;
  #hasBegun = false;
  #isOver = false;
  #isGivenUp = false;
  readonly due: number;

  constructor(options: ConnectorOptions, ...[to, done, offersHttp2]: Parameters<Connect>) {
    this.#options = options;
    this.#to = to;
    this.#done = done;
    this.#offersHttp2 = offersHttp2;
    this.due = options.watch.dueIn(options.timeout);
    options.watch.add(this);
  }

  /** Begins with the look-up. @returns itself */
  begin(): this {
    const { host, port } = this.#to;
    this.#race = new HappyEyeballs(
      (address) => this.#open(address),
      (result) => this.#onRaced(result),
    );
    const lookup = this.#options.addresses.lookup(host, port, this);
    if (this.#isOver) lookup[Symbol.dispose]();
    else this.#lookup = lookup;
    this.#hasBegun = true;
    return this;
  }

  /** Begins with TLS, over a connection that leads there. @returns itself */
  beginWithin(socket: Socket): this {
    this.#secureWithin(socket);
    this.#hasBegun = true;
    return this;
  }

  onAddresses(addresses: readonly string[], isLast: boolean): void {
    this.#race?.add(addresses, isLast);
  }

  onFailure(error: Error): void {
    this.#race?.fail(lookupError(this.#to.host, error, this.#options.timeout));
  }

  /** Nothing is read before the connection is made. */
  onBytes(): void {}

  onLost(error: Error | undefined): void {
    this.#end(error ?? new ConnectionLostError('the server closed the connection'));
  }

  expire(): void {
    const error = lateError(this.#to.host, this.#options.timeout, this.#race?.isEmpty === true);
    this.#transport[Symbol.dispose]();
    this.#end(error);
  }

  /** Gives the attempt up, without calling `done`. */
  [Symbol.dispose](): void {
    this.#isGivenUp = true;
    this.#close();
    this.#transport[Symbol.dispose]();
  }

  #open(address: string): Socket {
    const { port, isSecure, observesEnd } = this.#to;
    const to = { host: address, port, ...TCP };
    if (isSecure && observesEnd) return connect(to);
    const tcp = { ...to, onread: this.#transport.onread };
    return isSecure ? this.#options.tls.connect(tcp, this.#to, this.#offersHttp2()) : connect(tcp);
  }

  #onRaced(result: Socket | Error): void {
    if (result instanceof Error) {
      this.#end(result);
      return;
    }
    if (!this.#options.isToProxy) this.#transport.address = result.remoteAddress;
    if (!this.#to.isSecure) {
      this.#transport.attach(result);
      this.#end(this.#transport);
    } else if (this.#to.observesEnd) {
      this.#secureWithin(result);
    } else {
      this.#secure(result, undefined);
    }
  }

  #secureWithin(socket: Socket): void {
    const below = this.#to.observesEnd ? new ObservedSocket(socket) : undefined;
    const { tls } = this.#options;
    this.#secure(tls.connect({ socket: below ?? socket }, this.#to, this.#offersHttp2()), below);
  }

  /** @param socket speaks TLS, and has begun its handshake */
  #secure(socket: Socket | TLSSocket, below: ObservedSocket | undefined): void {
    this.#transport.attachSecure(socket, below);
    socket.once('secureConnect', () => this.#end(this.#transport));
  }

  #end(result: Transport | Error): void {
    if (this.#isOver) return;
    this.#close();
    // The message of the failure has to say that it is not about the server.
    if (result instanceof Error && this.#options.isToProxy) {
      Object.assign(result, { proxy: hostAndPort(this.#to) });
    }
    if (this.#hasBegun) {
      this.#done(result);
      return;
    }
    // The failure was known at once, and the caller does not have the attempt yet.
    queueMicrotask(() => {
      if (!this.#isGivenUp) this.#done(result);
    });
  }

  #close(): void {
    this.#isOver = true;
    this.#options.watch.delete(this);
    this.#lookup?.[Symbol.dispose]();
    this.#race?.[Symbol.dispose]();
  }
}

/**
 * The failure of a look-up, in words for people.
 * @param timeout how long the look-up had, in ms; 0 for any time
 */
export function lookupError(host: string, error: Error, timeout: number): Error {
  return error instanceof AddressError ? error : dnsErrorOf(host, error, timeout || undefined);
}

/**
 * The error for a connection that was not made in time.
 * @param timeout how long it had, in ms
 * @param isUnresolved whether no address is known yet: then the name servers are late
 */
export function lateError(host: string, timeout: number, isUnresolved: boolean): Error {
  if (!isUnresolved) return new DeadlineError('timeout-connect', timeout);
  const silent = Object.assign(new Error('no answer'), { code: 'ETIMEOUT' });
  return dnsErrorOf(host, silent, timeout);
}
