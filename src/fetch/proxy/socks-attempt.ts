import { EventEmitter } from 'node:events';
import { Duplex } from 'node:stream';
import type { SocksClient } from 'socks';
import { ConnectionLostError, ProtocolError, SocksError } from '../../model/failure.ts';
import type { Connector } from '../transport/connector.ts';
import type { Attempt } from '../transport/happy-eyeballs.ts';
import type { Transport, TransportListener } from '../transport/transport.ts';
import type { SocksProxy } from './proxies.ts';

/** How a SOCKS proxy is reached. */
export interface SocksWay {
  readonly proxy: SocksProxy;
  /** Makes the connection to the proxy. */
  readonly toProxy: Connector;
  /** For the proxy's answers, in ms; 0 for none. */
  readonly timeout: number;
}

/** The timeout of the package where there is no deadline, in ms: its timer keeps the connection alive. */
const LONG = 600_000;

/**
 * A connection to one host through a SOCKS proxy: connects to the proxy, and asks it for the host.
 * The caller enforces the deadline, by destroying it.
 */
export class SocksAttempt extends EventEmitter<{ connect: []; error: [Error] }> implements Attempt {
  readonly #way: SocksWay;
  readonly #host: string;
  readonly #port: number;
  #toProxy: Disposable | undefined;
  #transport: Transport | undefined;
  /** Has the package let go of this. */
  #letGo: (() => void) | undefined;
  #isOver = false;

  /** @param host a name, if the proxy looks names up, or an address */
  constructor(way: SocksWay, host: string, port: number) {
    super();
    this.#way = way;
    this.#host = host;
    this.#port = port;
    const { toProxy, proxy } = way;
    this.#toProxy = toProxy.connect(
      proxy.destination,
      (result) => void this.#onProxy(result),
      () => false,
    );
  }

  /** The connection to the host. Valid after `connect` was emitted. */
  get transport(): Transport {
    if (this.#transport === undefined) throw new Error('the attempt is not connected yet');
    return this.#transport;
  }

  /** Gives the attempt up, and closes the connection. */
  destroy(): void {
    this.#isOver = true;
    this.#letGo?.();
    this.#toProxy?.[Symbol.dispose]();
    this.#transport?.[Symbol.dispose]();
  }

  async #onProxy(result: Transport | Error): Promise<void> {
    if (result instanceof Error) return this.#fail(result);
    this.#transport = result;
    const stream = new TransportStream(result, (error) => this.#fail(error));
    try {
      // Loaded here: most runs have no such proxy.
      const { SocksClient } = await import('socks');
      if (!this.#isOver) this.#shakeHands(new SocksClient(this.#request), stream);
    } catch (error) {
      this.#fail(error as Error);
    }
  }

  get #request(): ConstructorParameters<typeof SocksClient>[0] {
    const { proxy, timeout } = this.#way;
    const { destination, version, username, password } = proxy;
    const login = username === '' && password === '' ? {} : { userId: username, password };
    return {
      proxy: { host: destination.host, port: destination.port, type: version, ...login },
      command: 'connect',
      destination: { host: this.#host, port: this.#port },
      // Longer than our own deadline, which comes first.
      timeout: 2 * timeout || LONG,
    };
  }

  #shakeHands(client: SocksClient, stream: TransportStream): void {
    // The package's timer holds the client until it fires, long after the connection is used or closed.
    this.#letGo = () => {
      client.removeAllListeners().on('error', () => {});
      stream.letGo();
    };
    // The package's own error contains its options, and with them the password.
    client.on('error', ({ message }: Error) => this.#fail(socksErrorOf(message)));
    client.once('established', () => {
      // The package passes on what followed the proxy's answer in the next turn of the event loop.
      let isEarly = false;
      stream.on('data', () => {
        isEarly = true;
      });
      setImmediate(() => this.#onEstablished(isEarly));
    });
    client.connect(stream);
  }

  #onEstablished(isEarly: boolean): void {
    if (this.#isOver) return;
    if (isEarly) {
      this.#fail(new ProtocolError('the proxy sends bytes before the server was asked for any'));
      return;
    }
    this.#letGo?.();
    this.emit('connect');
  }

  #fail(error: Error): void {
    if (this.#isOver) return;
    this.destroy();
    this.emit('error', error);
  }
}

/** A {@link Transport} as the stream that the package needs. */
class TransportStream extends Duplex implements TransportListener {
  #transport: Transport | undefined;
  #fail: ((error: Error) => void) | undefined;

  constructor(transport: Transport, fail: (error: Error) => void) {
    super();
    this.#transport = transport;
    this.#fail = fail;
    transport.use(this);
  }

  onBytes(bytes: Buffer): void {
    try {
      this.push(Buffer.from(bytes));
    } catch (error) {
      // The package throws for an answer that it does not understand.
      this.#fail?.(new ProtocolError('the proxy does not speak SOCKS', { cause: error }));
    }
  }

  onLost(error: Error | undefined): void {
    this.#fail?.(error ?? new ConnectionLostError('the proxy closed the connection'));
  }

  /** Passes nothing on any more, in either direction. */
  letGo(): void {
    this.#transport = undefined;
    this.#fail = undefined;
  }

  /** Nothing to do: the few bytes that come are pushed at once. */
  override _read(): void {}

  override _write(bytes: Buffer, _: BufferEncoding, done: () => void): void {
    this.#transport?.socket.write(bytes);
    done();
  }
}

/** Words in the package's messages, for hosts that the proxy could not connect to. */
const UNREACHABLE: ReadonlyMap<string, string> = new Map([
  ['Failure', 'it failed'],
  ['Failed', 'it failed, or it may not'],
  ['NetworkUnreachable', 'there is no route to its network'],
  ['HostUnreachable', 'there is no route to it'],
  ['ConnectionRefused', 'it refuses'],
  ['TTLExpired', 'it is too far away'],
]);

/** Words in the package's messages, for hosts that the proxy would not connect to. */
const REFUSED: ReadonlyMap<string, string> = new Map([
  ['NotAllowed', 'its rules do not allow it'],
  ['CommandNotSupported', 'it makes no connections'],
  ['AddressNotSupported', 'it does not know that kind of address'],
  ['Rejected', 'it cannot ask who we are (identd)'],
  ['RejectedIdent', 'it takes us for another user (identd)'],
]);

/** @param message the package's */
function socksErrorOf(message: string): Error {
  const word = / - (?:\()?(\w+)/.exec(message)?.[1] ?? '';
  const unreachable = UNREACHABLE.get(word);
  if (unreachable !== undefined)
    return new SocksError('connect', `cannot reach it: ${unreachable}`);
  const refused = REFUSED.get(word);
  if (refused !== undefined) return new SocksError('proxy', `will not connect to it: ${refused}`);
  return new SocksError('proxy', `does not agree: ${message}`);
}
