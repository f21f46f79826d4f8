import { randomInt } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Socket } from 'node:net';
import { authorityPath, readCertificate } from '../certificates.ts';
import { MAX_PORT, MAX_SEED } from '../limits.ts';
import { listenOnLoopback } from '../loopback.ts';
import { translateListenError } from '../port-unavailable-error.ts';
import { errorReply } from '../reply.ts';
import { type FlagServerStats, RequestStats } from '../request-stats.ts';
import { requireBetween, requireInteger } from '../settings.ts';
import { FaultyExchange } from './faulty-exchange.ts';
import { parseFault } from './parse-fault.ts';
import { type Plan, planOf } from './plan.ts';
import { resourceAt } from './resource.ts';

/** Options of {@link startFaultServer}. */
export interface FaultServerOptions {
  /**
   * The faults, each as `NAME` or `NAME:option=value,…`; `flaghoist serve --faults` lists them. If there
   * are several, one is drawn for each request.
   */
  readonly faults: readonly string[];
  /**
   * Share of requests that have a fault, 0 to 1. The others are answered honestly.
   * @default 1
   */
  readonly rate?: number | undefined;
  /**
   * Integer from 0 to 2^32 - 1. With the same seed, the same requests have the same faults.
   * @default a random number
   */
  readonly seed?: number | undefined;
  /**
   * TCP port; 0 for any free one.
   * @default 0
   */
  readonly port?: number | undefined;
}

/** A server that misbehaves. It runs on this thread's event loop. */
export interface FaultServer extends AsyncDisposable {
  /**
   * Its origin, such as `http://localhost:8004`. Append `/flags/br/br.gif` for a flag, or
   * `/bytes/SIZE/any.name` for SIZE bytes, up to 100 MB, that depend on the path alone.
   */
  readonly url: string;
  /** The port that it listens on. */
  readonly port: number;
  /** The seed that was given, or drawn. */
  readonly seed: number;
  /** The share of requests with a fault, from 0 to 1. */
  readonly rate: number;
  /** The faults, as they were given. */
  readonly faults: readonly string[];
  /**
   * For the TLS faults, the path of the authority's certificate, in PEM; undefined for a self-signed
   * certificate. A client that trusts it finds only the fault.
   */
  readonly authority: string | undefined;
  /** Its requests so far; each read returns a new snapshot. */
  readonly stats: FlagServerStats;
  /** Ends all connections and resolves once the port is free. Further calls do nothing. */
  close(): Promise<void>;
}

/** In ms. Longer than any pause within a run. */
const KEEP_ALIVE_TIMEOUT = 60_000;

/**
 * Starts a server on the loopback addresses that serves flags and files of any size, with the given
 * faults.
 *
 * @param options the faults and how often they happen, the seed, and the port
 * @returns the running server; `close()` it, or declare it with `await using`
 * @throws RangeError for an unknown fault or option, or a number out of bounds
 * @throws PortUnavailableError if the port is taken or not permitted; no server is left listening
 * @example
 * A test that a downloader retries after a reset:
 *
 * ```ts
 * await using server = await startFaultServer({ faults: ['reset:at=body,times=1'] });
 * const bytes = await myDownload(`${server.url}/bytes/100000/file.bin`);
 * assert.equal(bytes.length, 100_000);
 * assert.equal(server.stats.requests, 2);
 * ```
 */
export async function startFaultServer(options: FaultServerOptions): Promise<FaultServer> {
  const { port = 0, rate = 1, seed = randomInt(MAX_SEED + 1) } = options;
  requireInteger('port', port, MAX_PORT);
  requireInteger('seed', seed, MAX_SEED);
  requireBetween('rate', rate, 0, 1);
  const plan = planOf(options.faults.map(parseFault), rate, seed);
  const stats = new RequestStats();
  const onRequest = responder(plan, stats);
  const { behaviour } = plan.whole ?? {};
  const wanted = port === 0 && behaviour?.at === 'address' ? unassignedPort() : port;
  const listener = await listenOnLoopback(onRequest, wanted, makerOf(plan)).catch(
    (error: unknown) => {
      throw translateListenError(error, 'FAULT', wanted);
    },
  );
  const name =
    behaviour?.at === 'address' && behaviour.missing === 'name'
      ? 'no-such-host.invalid'
      : 'localhost';
  // The server listened for a moment to have a port that is free.
  if (behaviour?.at === 'address') await listener.close();
  const isTls = behaviour?.at === 'handshake';
  return {
    port: listener.port,
    url: `${isTls ? 'https' : 'http'}://${name}:${listener.port}`,
    seed,
    rate,
    faults: options.faults,
    authority: isTls && behaviour.certificate !== 'self-signed' ? authorityPath() : undefined,
    get stats() {
      return stats.snapshot();
    },
    close: () => listener.close(),
    [Symbol.asyncDispose]: () => listener.close(),
  };
}

/** A port that no system gives to a server that asks for any free one, so that it stays without a server. */
function unassignedPort(): number {
  return randomInt(10_000, 32_768);
}

/** Returns a function that makes the HTTP or HTTPS server of a plan. */
function makerOf({ whole, forConnection }: Plan): (onRequest: Responder) => Server {
  let connections = 0;
  return (onRequest) => {
    const options = { keepAliveTimeout: KEEP_ALIVE_TIMEOUT };
    const server =
      whole?.behaviour.at === 'handshake'
        ? createTlsServer(
            { ...options, ...readCertificate(whole.behaviour.certificate) },
            onRequest,
          )
        : createServer(options, onRequest);
    server.on('connection', (socket: Socket) => {
      // A client may disconnect at any time, which is no error of the server.
      socket.on('error', () => {});
      forConnection(connections++)?.behaviour.meet(socket);
    });
    return server;
  };
}

type Responder = (request: IncomingMessage, response: ServerResponse) => void;

function responder(plan: Plan, stats: RequestStats): Responder {
  const asked = new Map<string, number>();
  return (request, response) => {
    const [path = '/'] = (request.url ?? '/').split('?', 1);
    stats.arrived();
    response.once('close', () => stats.left());
    response.once('finish', () => stats.answered(response.statusCode));
    const file = resourceAt(path);
    if (file === undefined) {
      const { status, headers, body } = errorReply(404);
      response.writeHead(status, headers).end(body);
      return;
    }
    const nth = asked.get(path) ?? 0;
    asked.set(path, nth + 1);
    const exchange = new FaultyExchange(request, response, { file, nth });
    const fault = plan.forRequest(path, nth);
    if (fault === undefined) {
      exchange.send(exchange.honest);
      return;
    }
    const answering = fault.behaviour.answer(exchange);
    // After a bug in a behaviour, the client must not wait forever.
    answering?.catch((error: unknown) => request.socket.destroy(error as Error));
  };
}
