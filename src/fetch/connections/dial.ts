import { connect, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { ConnectionLostError } from '../../model/failure.ts';
import type { AddressListener } from '../dns/address-listener.ts';
import { lateError, lookupError } from './connect-errors.ts';
import type { Connect, ConnectorOptions } from './connector.ts';
import type { Watched } from './deadline-watch.ts';
import type { Destination } from './destination.ts';
import { HappyEyeballs } from './happy-eyeballs.ts';
import { Link, type LinkUser } from './link.ts';
import { ObservedSocket } from './observed-socket.ts';

/** As browsers and curl do: a connection that nothing comes on may have gone without a word. */
const TCP = { noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 } as const;

/** A connection that is being made: the look-up, TCP and TLS, with one deadline for all. */
export class Dial implements AddressListener, LinkUser, Watched, Disposable {
  readonly #options: ConnectorOptions;
  readonly #to: Destination;
  readonly #done: Parameters<Connect>[1];
  readonly #offersHttp2: () => boolean;
  readonly #link = new Link(this);
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

  /** Begins with the name. @returns itself */
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

  /** Begins with TLS, within a connection that leads there. @returns itself */
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

  /** Nothing is read before the connection is there. */
  onBytes(): void {}

  onLost(error: Error | undefined): void {
    this.#end(error ?? new ConnectionLostError('the server closed the connection'));
  }

  expire(): void {
    const error = lateError(this.#to.host, this.#options.timeout, this.#race?.isEmpty === true);
    this.#link[Symbol.dispose]();
    this.#end(error);
  }

  /** Gives the attempt up; `done` is not called. */
  [Symbol.dispose](): void {
    this.#isGivenUp = true;
    this.#close();
    this.#link[Symbol.dispose]();
  }

  #open(address: string): Socket {
    const { port, isSecure, observesEnd } = this.#to;
    const to = { host: address, port, ...TCP };
    if (isSecure && observesEnd) return connect(to);
    const tcp = { ...to, onread: this.#link.onread };
    return isSecure ? this.#options.tls.connect(tcp, this.#to, this.#offersHttp2()) : connect(tcp);
  }

  #onRaced(result: Socket | Error): void {
    if (result instanceof Error) {
      this.#end(result);
    } else if (this.#to.isSecure && this.#to.observesEnd) {
      this.#secureWithin(result);
    } else if (this.#to.isSecure) {
      this.#secure(result as TLSSocket, undefined);
    } else {
      this.#link.attach(result);
      this.#end(this.#link);
    }
  }

  #secureWithin(socket: Socket): void {
    const below = this.#to.observesEnd ? new ObservedSocket(socket) : undefined;
    const { tls } = this.#options;
    this.#secure(tls.connect({ socket: below ?? socket }, this.#to, this.#offersHttp2()), below);
  }

  #secure(socket: TLSSocket, below: ObservedSocket | undefined): void {
    this.#link.attachSecure(socket, below);
    socket.once('secureConnect', () => this.#end(this.#link));
  }

  #end(result: Link | Error): void {
    if (this.#isOver) return;
    this.#close();
    if (this.#hasBegun) {
      this.#done(result);
      return;
    }
    // A failure that was known already: the caller has not got the attempt yet.
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
