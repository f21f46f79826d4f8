import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { TestContext } from 'node:test';
import type { TLSSocket } from 'node:tls';
import { OpenConnections } from '../../src/fetch/connections/open-connections.ts';
import type { Protocol } from '../../src/fetch/connections/origin-connector.ts';
import { OriginPool } from '../../src/fetch/connections/origin-pool.ts';
import { Connector } from '../../src/fetch/transport/connector.ts';
import { DeadlineWatch } from '../../src/fetch/transport/deadline-watch.ts';
import { secureContextOf, TlsClient } from '../../src/fetch/transport/tls-client.ts';
import { Transport } from '../../src/fetch/transport/transport.ts';
import type { OpenOptions } from '../../src/model/response.ts';
import { addressesOf } from './addresses.ts';
import { RecordingHandler } from './recording-handler.ts';

/** The pool of one origin, whose connections are established when the test says so. */
export interface OpenOrigin {
  readonly origin: OriginPool;
  /** How many connections are being established. */
  pending(): number;
  /** How many connections were requested in all. */
  asked(): number;
  /** Establishes the pending connection that was requested first. */
  connect(): Promise<void>;
  /** Lets it fail. */
  refuse(message?: string, code?: string): void;
  /** Whether the n-th connection established, from 0, is closed. */
  isClosed(n: number): boolean;
  get(target?: string, needsNew?: boolean): RecordingHandler;
  /** Calls `OriginPool.open`. */
  open(options?: Partial<OpenOptions>): Promise<void> | undefined;
  /** The bound on the connections of all origins. */
  readonly connections: OpenConnections;
  /** The protocol of each of its connections. */
  protocols(): (string | false | null)[];
  /** How often its `onEmpty` was called. */
  emptied(): number;
}

interface OriginOptions {
  readonly maxConnections?: number;
  /** The bound on the connections of all origins. */
  readonly connections?: OpenConnections;
  readonly http2From?: number;
  readonly protocol?: Protocol;
  /** In ms; 0 for none. */
  readonly connectTimeout?: number;
  readonly now?: () => number;
  /** The certificate of the server, for TLS. */
  readonly ca?: string;
  readonly allowH2?: boolean;
}

/** A pool for a server on 127.0.0.1, until the test ends. */
export function openOrigin(
  t: TestContext,
  port: number,
  { maxConnections = 2, http2From = 1, ca, allowH2 = true, ...options }: OriginOptions = {},
): OpenOrigin {
  const watch = new DeadlineWatch([60_000], options.now);
  const max = Number.POSITIVE_INFINITY;
  const { connections = new OpenConnections({ max, now: watch.now }), protocol } = options;
  const secureContext = ca === undefined ? undefined : secureContextOf({ ca });
  const connector = new Connector({
    watch,
    timeout: 0,
    tls: new TlsClient(secureContext, allowH2),
    addresses: addressesOf('127.0.0.1'),
  });
  const sockets: Socket[] = [];
  const pending: { begin(): Promise<void>; refuse(error: Error): void; isGivenUp: boolean }[] = [];
  let asked = 0;
  let emptied = 0;
  const origin = new OriginPool({
    to: { host: '127.0.0.1', port, isSecure: ca !== undefined },
    maxConnections,
    deadlines: { connect: options.connectTimeout ?? 0, firstByte: 0, idle: 0 },
    watch,
    connections,
    http2From,
    protocol,
    onEmpty: () => void emptied++,
    connect(to, done, offersHttp2) {
      asked++;
      let underWay: Disposable | undefined;
      const each = {
        isGivenUp: false,
        begin() {
          const { promise, resolve } = Promise.withResolvers<void>();
          const onDone = (result: Transport | Error) => {
            if (result instanceof Transport) sockets.push(result.socket);
            done(result);
            resolve();
          };
          underWay = connector.connect(to, onDone, offersHttp2);
          return promise;
        },
        refuse: (error: Error) => done(error),
      };
      pending.push(each);
      return {
        [Symbol.dispose]() {
          each.isGivenUp = true;
          underWay?.[Symbol.dispose]();
        },
      };
    },
  });
  const next = () => {
    const each = pending.shift();
    if (each === undefined) throw new Error('no connection is being made');
    return each;
  };
  t.after(async () => {
    connections[Symbol.dispose]();
    origin[Symbol.dispose]();
    watch[Symbol.dispose]();
    for (const socket of sockets) if (!socket.closed) await once(socket, 'close');
  });
  return {
    origin,
    connections,
    protocols: () => sockets.map((socket) => (socket as TLSSocket).alpnProtocol),
    emptied: () => emptied,
    open: (options) => origin.open({ expected: () => 1, ...options }),
    pending: () => pending.filter(({ isGivenUp }) => !isGivenUp).length,
    asked: () => asked,
    connect: () => next().begin(),
    refuse: (message = 'refused', code) =>
      next().refuse(Object.assign(new Error(message), code === undefined ? {} : { code })),
    isClosed: (n) => sockets[n]?.destroyed === true,
    get(target = '/', needsNew = false) {
      const told = new RecordingHandler();
      const request = { target, authority: `127.0.0.1:${port}`, headers: {} };
      told.control = origin.send(request, told, needsNew);
      return told;
    },
  };
}
