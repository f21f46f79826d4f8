import type { Socket } from 'node:net';
import type { AddressSource } from '../dns/destination-addresses.ts';
import type { DeadlineWatch } from './deadline-watch.ts';
import type { Destination } from './destination.ts';
import { Dial } from './dial.ts';
import type { Link } from './link.ts';
import type { TlsClient } from './tls-client.ts';

/** How connections are made. */
export interface ConnectorOptions {
  readonly watch: DeadlineWatch;
  /** For the look-up, TCP and TLS together, in ms; 0 for none. */
  readonly timeout: number;
  readonly tls: TlsClient;
  readonly addresses: AddressSource;
}

/**
 * Makes a connection.
 * @param done called once, later: with the connection, or with why there is none
 * @param offersHttp2 asked when TLS begins
 * @returns the attempt; disposed of, it is given up, and `done` is not called
 */
export type Connect = (
  to: Destination,
  done: (result: Link | Error) => void,
  offersHttp2: () => boolean,
) => Disposable;

/** Makes connections, over TCP or TLS. */
export class Connector {
  readonly #options: ConnectorOptions;

  constructor(options: ConnectorOptions) {
    this.#options = options;
  }

  readonly connect: Connect = (...to) => new Dial(this.#options, ...to).begin();

  /** TLS within a connection that leads there: as {@link connect}. */
  connectWithin(socket: Socket, ...to: Parameters<Connect>): Disposable {
    return new Dial(this.#options, ...to).beginWithin(socket);
  }
}
