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

/** What a server is to do wrong. */
export interface FaultServerOptions {
  /** `NAME` or `NAME:option=value,…`, as `flaghoist serve --faults` lists them; one, or several to draw from. */
  readonly faults: readonly string[];
  /** Share of the requests that a fault befalls, 0 to 1. Default: 1. */
  readonly rate?: number | undefined;
  /** Whole number from 0 to 2^32 - 1; left out, one is drawn. The same seed befalls the same requests. */
  readonly seed?: number | undefined;
  /** TCP port; 0, the default, is any free one. */
  readonly port?: number | undefined;
}

/** A running server on this thread's event loop. */
export interface FaultServer extends AsyncDisposable {
  /** Base of its URLs: `http://localhost:PORT`. Below it are `/flags/br/br.gif` and `/bytes/SIZE/any.name`. */
  readonly url: string;
  readonly port: number;
  readonly seed: number;
  readonly rate: number;
  readonly faults: readonly string[];
  /** For TLS: the file with what signed its certificate, unless that is self-signed. */
  readonly authority: string | undefined;
  /** What it saw; a new snapshot each time it is read. */
  readonly stats: FlagServerStats;
  /** Ends every connection, and resolves when the port is free. May be called again. */
  close(): Promise<void>;
}

/** ms. Longer than any pause within a run. */
const KEEP_ALIVE_TIMEOUT = 60_000;

/**
 * Starts a server on loopback that has the flags, and files of any size, and hands them out in all the
 * ways that things go wrong.
 *
 * @throws RangeError for a fault or an option that there is not
 * @throws PortUnavailableError if the port is taken or not allowed; nothing is left listening
 */
export async function startFaultServer(options: FaultServerOptions): Promise<FaultServer> {
  const { port = 0, rate = 1, seed = randomInt(MAX_SEED + 1) } = options;
  requireInteger('port', port, MAX_PORT);
  requireInteger('seed', seed, MAX_SEED);
  requireBetween('rate', rate, 0, 1);
  const plan = planOf(options.faults.map(parseFault), rate, seed);
  const stats = new RequestStats();
  const onRequest = responder(plan, stats);
  const listener = await listenOnLoopback(onRequest, port, makerOf(plan)).catch(
    (error: unknown) => {
      throw translateListenError(error, 'FAULT', port);
    },
  );
  const { behaviour } = plan.whole ?? {};
  const name =
    behaviour?.at === 'address' && behaviour.missing === 'name'
      ? 'no-such-host.invalid'
      : 'localhost';
  // Held for a moment, so that it is one of the free ones.
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

/** How the server of a plan is made. */
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
      // A client may leave at any time; that is nothing to report.
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
    // Whatever a fault does of itself, the client must be able to see an end.
    answering?.catch((error: unknown) => request.socket.destroy(error as Error));
  };
}
