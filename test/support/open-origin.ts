import { lookup } from 'node:dns';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { Connector, secureContextOf } from '../../src/fetch/connections/connector.ts';
import { DeadlineWatch } from '../../src/fetch/connections/deadline-watch.ts';
import { Link } from '../../src/fetch/connections/link.ts';
import { OriginPool } from '../../src/fetch/connections/origin-pool.ts';
import type { Lookup } from '../../src/fetch/lookups.ts';
import { Told } from './told.ts';

/** An origin of one test, whose connections are made when the test says so. */
export interface OpenOrigin {
  readonly origin: OriginPool;
  /** How many connections are being made. */
  pending(): number;
  /** How many were asked for in all. */
  asked(): number;
  /** The one that was asked for first, of those that are being made, is there. */
  connect(): Promise<void>;
  /** Or is not. */
  refuse(message?: string): void;
  /** Whether the connection that was made as the n-th is closed, from 0 on. */
  isClosed(n: number): boolean;
  get(target?: string, needsNew?: boolean): Told;
}

interface OpenOptions {
  readonly maxConnections?: number;
  /** Of a server that is spoken to over TLS. */
  readonly ca?: string;
  readonly allowH2?: boolean;
}

/** Speaks to a server on 127.0.0.1, until the test ends. */
export function openOrigin(
  t: TestContext,
  port: number,
  { maxConnections = 2, ca, allowH2 = true }: OpenOptions = {},
): OpenOrigin {
  const watch = new DeadlineWatch([60_000]);
  const secureContext = ca === undefined ? undefined : secureContextOf({ ca });
  const connector = new Connector({
    watch,
    timeout: 0,
    lookup: lookup as Lookup,
    allowH2,
    secureContext,
  });
  const sockets: Socket[] = [];
  const pending: { begin(): Promise<void>; refuse(error: Error): void; isGivenUp: boolean }[] = [];
  let asked = 0;
  const origin = new OriginPool({
    to: { host: '127.0.0.1', port, isSecure: ca !== undefined },
    maxConnections,
    deadlines: { connect: 0, firstByte: 0, idle: 0 },
    watch,
    connect(to, done) {
      asked++;
      let underWay: Disposable | undefined;
      const each = {
        isGivenUp: false,
        begin() {
          const { promise, resolve } = Promise.withResolvers<void>();
          underWay = connector.connect(to, (result) => {
            if (result instanceof Link) sockets.push(result.socket);
            done(result);
            resolve();
          });
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
    origin[Symbol.dispose]();
    watch[Symbol.dispose]();
    for (const socket of sockets) if (!socket.closed) await once(socket, 'close');
  });
  return {
    origin,
    pending: () => pending.filter(({ isGivenUp }) => !isGivenUp).length,
    asked: () => asked,
    connect: () => next().begin(),
    refuse: (message = 'refused') => next().refuse(new Error(message)),
    isClosed: (n) => sockets[n]?.destroyed === true,
    get(target = '/', needsNew = false) {
      const told = new Told();
      const request = { target, authority: `127.0.0.1:${port}`, headers: {} };
      told.control = origin.send(request, told, needsNew);
      return told;
    },
  };
}
