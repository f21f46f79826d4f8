import type { IncomingMessage, ServerResponse } from 'node:http';
import { drawer } from './draw.ts';
import { listenOnLoopback } from './loopback.ts';
import { translateListenError } from './port-unavailable-error.ts';
import { errorReply, flagReply, PROBE_PATH, probeReply, type Reply } from './reply.ts';
import { type FlagServerStats, RequestStats } from './request-stats.ts';
import { type FlagServerOptions, type FlagServerSettings, resolveSettings } from './settings.ts';

/** Where a running server is and what it does; `port` is the one it really has. */
export interface FlagServerInfo extends FlagServerSettings {
  /** Base of the flags' URLs: `http://localhost:PORT/flags`. */
  readonly url: string;
}

/** A running server on this thread's event loop. */
export interface FlagServer extends FlagServerInfo, AsyncDisposable {
  /** A new snapshot each time it is read. */
  readonly stats: FlagServerStats;
  /** Ends every connection, and resolves when the port is free. May be called again. */
  close(): Promise<void>;
}

/**
 * Starts a test server that serves the flags, some late and some not at all, as its label says.
 *
 * - `/flags/br/br.gif` and `/flags/br/metadata.json`: a flag and its country; other paths are 404.
 * - `/`: the probe, one line at once, apart from delays, errors and counts.
 *
 * @throws PortUnavailableError if the port is taken or not allowed; nothing is left listening.
 * @throws RangeError if an option is out of bounds.
 */
export async function startFlagServer(options: FlagServerOptions): Promise<FlagServer> {
  const settings = resolveSettings(options);
  const drawFor = drawer(settings);
  const stats = new RequestStats();

  function onRequest(request: IncomingMessage, response: ServerResponse): void {
    const { method = 'GET', url: target = PROBE_PATH } = request;
    const [path = PROBE_PATH] = target.split('?', 1);
    if (path === PROBE_PATH) {
      send(response, probeReply(method, settings.label));
      return;
    }
    stats.arrived();
    // 'close' comes once whether the response was sent in full or the client went away before.
    response.once('close', () => stats.left());

    // The query belongs to what is drawn for: with one, a client can tell its requests apart.
    const { delay, errorStatus } = drawFor(target);
    const answer = () => {
      const reply = errorStatus === undefined ? flagReply(method, path) : errorReply(errorStatus);
      stats.answered(reply.status);
      send(response, reply);
    };
    if (delay === 0) {
      answer();
    } else {
      const timer = setTimeout(answer, delay);
      response.once('close', () => clearTimeout(timer));
    }
  }

  const listener = await listenOnLoopback(onRequest, settings.port).catch((error: unknown) => {
    throw translateListenError(error, settings.label, settings.port);
  });
  return {
    ...settings,
    port: listener.port,
    url: `http://localhost:${listener.port}/flags`,
    get stats() {
      return stats.snapshot();
    },
    close: () => listener.close(),
    [Symbol.asyncDispose]: () => listener.close(),
  };
}

function send(response: ServerResponse, { status, headers, body }: Reply): void {
  // To HEAD, Node sends the headers and leaves out the body.
  response.writeHead(status, headers).end(body);
}
