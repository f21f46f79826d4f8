import type { IncomingMessage, ServerResponse } from 'node:http';
import { drawer } from './draw.ts';
import { listenOnLoopback } from './loopback.ts';
import { translateListenError } from './port-unavailable-error.ts';
import { errorReply, flagReply, PROBE_PATH, probeReply, type Reply } from './reply.ts';
import { type FlagServerStats, RequestStats } from './request-stats.ts';
import { type FlagServerOptions, type FlagServerSettings, resolveSettings } from './settings.ts';

/** The address and the settings of a running server. `port` is its actual port, never 0. */
export interface FlagServerInfo extends FlagServerSettings {
  /** Base of the URLs of the flags: `http://localhost:PORT/flags`. */
  readonly url: string;
}

/** A server that runs on this thread's event loop. */
export interface FlagServer extends FlagServerInfo, AsyncDisposable {
  /** Its requests so far; each read returns a new snapshot. */
  readonly stats: FlagServerStats;
  /** Ends all connections and resolves once the port is free. Further calls do nothing. */
  close(): Promise<void>;
}

/**
 * Starts a test server for the flags. Some responses are late and some are errors, depending on its
 * settings.
 *
 * - `/flags/br/br.gif` and `/flags/br/metadata.json` are a flag and its country; other paths are 404.
 * - `/` is the probe: one line, sent at once, without errors and not counted.
 *
 * @throws PortUnavailableError if the port is taken or not permitted
 * @throws RangeError if an option is out of bounds
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
    // 'close' comes once, after the whole response or after a disconnect of the client.
    response.once('close', () => stats.left());

    // Including the query: with one, a client can have separate draws for requests of the same file.
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
  // For HEAD, Node omits the body.
  response.writeHead(status, headers).end(body);
}
