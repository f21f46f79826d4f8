import { isIPv4 } from 'node:net';
import { SocksError } from '../../model/failure.ts';
import type { AddressSource } from '../dns/destination-addresses.ts';
import type { AddressListener } from '../dns/host-entry.ts';
import { type Connect, type Connector, lateError, lookupError } from '../transport/connector.ts';
import type { DeadlineWatch, Watched } from '../transport/deadline-watch.ts';
import type { Destination } from '../transport/destination.ts';
import { HappyEyeballs } from '../transport/happy-eyeballs.ts';
import { SocksAttempt, type SocksWay } from './socks-attempt.ts';

/** How servers are connected to through a SOCKS proxy. */
export interface SocksRouteOptions extends SocksWay {
  /** Speaks TLS with the server, within the connection. */
  readonly toServer: Connector;
  /** The addresses of servers, for a proxy that is not given names. */
  readonly addresses: AddressSource;
  readonly watch: DeadlineWatch;
}

/** The length of a name is sent in one byte (RFC 1928 section 5). */
const LONGEST_NAME = 255;

/** Connects to servers through a SOCKS proxy. */
export function socksThrough(options: SocksRouteOptions): Connect {
  return (...to) => new SocksRoute(options, ...to);
}

/**
 * A connection that is being made through a SOCKS proxy: the look-up of the server, if the proxy
 * does not do that, and the proxy's answer, with one deadline for both; then TLS. As without a
 * proxy, several addresses of a server race, each over a connection of its own to the proxy.
 */
class SocksRoute implements AddressListener, Watched, Disposable {
  readonly #options: SocksRouteOptions;
  readonly #to: Destination;
  readonly #done: Parameters<Connect>[1];
  readonly #offersHttp2: Parameters<Connect>[2];
  readonly #race: HappyEyeballs<SocksAttempt>;
  /** What to dispose of when this is given up: the look-up, then TLS. */
  #underWay: Disposable | undefined;
  #isOver = false;
  readonly due: number;

  constructor(options: SocksRouteOptions, ...[to, done, offersHttp2]: Parameters<Connect>) {
    this.#options = options;
    this.#to = to;
    this.#done = done;
    this.#offersHttp2 = offersHttp2;
    this.due = options.watch.dueIn(options.timeout);
    options.watch.add(this);
    this.#race = new HappyEyeballs(
      (host) => new SocksAttempt(options, host, to.port),
      (result) => this.#onRaced(result),
    );
    // Later, so that the caller has this object before a failure is reported.
    queueMicrotask(() => this.#begin());
  }

  onAddresses(addresses: readonly string[], isLast: boolean): void {
    const { version } = this.#options.proxy;
    const usable = version === 4 ? addresses.filter(isIPv4) : addresses;
    if (isLast && usable.length === 0 && this.#race.isEmpty) {
      this.#race.fail(
        new SocksError('connect', 'cannot reach it: SOCKS4 knows IPv4 addresses only'),
      );
    } else {
      this.#race.add(usable, isLast);
    }
  }

  onFailure(error: Error): void {
    this.#race.fail(lookupError(this.#to.host, error, this.#options.timeout));
  }

  expire(): void {
    this.#end(lateError(this.#to.host, this.#options.timeout, this.#race.isEmpty));
  }

  /** Gives the attempt up, without calling `done`. */
  [Symbol.dispose](): void {
    this.#isOver = true;
    this.#options.watch.delete(this);
    this.#race[Symbol.dispose]();
    this.#underWay?.[Symbol.dispose]();
  }

  #begin(): void {
    if (this.#isOver) return;
    const { proxy, addresses } = this.#options;
    const { host, port } = this.#to;
    if (proxy.resolves) {
      if (host.length > LONGEST_NAME) {
        this.#end(new SocksError('proxy', `takes no name of more than ${LONGEST_NAME} characters`));
      } else {
        this.#race.add([host], true);
      }
      return;
    }
    const lookup = addresses.lookup(host, port, this);
    if (this.#isOver) lookup[Symbol.dispose]();
    else this.#underWay ??= lookup;
  }

  #onRaced(result: SocksAttempt | Error): void {
    if (result instanceof Error) {
      this.#end(result);
      return;
    }
    this.#options.watch.delete(this);
    this.#underWay?.[Symbol.dispose]();
    const { transport } = result;
    if (!this.#to.isSecure) {
      this.#isOver = true;
      this.#done(transport);
      return;
    }
    const { socket } = transport;
    transport.release();
    const { toServer } = this.#options;
    this.#underWay = toServer.connectWithin(socket, this.#to, this.#done, this.#offersHttp2);
  }

  #end(error: Error): void {
    if (this.#isOver) return;
    this[Symbol.dispose]();
    this.#done(error);
  }
}
