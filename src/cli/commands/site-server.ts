import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { type Site, siteVariable } from '../../flags/sites.ts';
import { BrokenRunError } from '../../model/broken-run-error.ts';
import { errorCode } from '../../model/error-code.ts';
import { messageOf } from '../../model/failure.ts';
import type { ServerLabel } from '../../server/presets.ts';

/** How long a server may take to say that it is there, in ms. */
const PROBE_TIMEOUT = 5_000;

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/** The site's server for this run: one that was there already, or one brought up here. */
export interface SiteServer extends AsyncDisposable {
  /** Whether it was brought up for this run; disposing of it then closes it. */
  readonly started: boolean;
}

/**
 * Makes sure that somebody serves `site`: where nobody listens on this machine, brings the server up
 * on a thread of its own, off the downloader's event loop. The public site is taken at its word.
 *
 * @throws BrokenRunError when the port is taken by what is no web server
 */
export async function ensureServed(site: Site): Promise<SiteServer> {
  const { label } = site;
  const url = new URL(site.url);
  if (label === 'REMOTE' || !LOOPBACK.has(url.hostname) || (await answers(site, url))) {
    return { started: false, async [Symbol.asyncDispose]() {} };
  }
  const server = await bringUp(label, url);
  return { started: true, [Symbol.asyncDispose]: () => server.close() };
}

async function bringUp(label: ServerLabel, url: URL) {
  const { startFlagServerInThread } = await import('../../server/server-thread.ts');
  try {
    return await startFlagServerInThread({ label, port: Number(url.port || 80) });
  } catch (cause) {
    throw new BrokenRunError(messageOf(cause), { cause });
  }
}

/** Whether a web server answers there; false when nobody listens. */
async function answers(site: Site, url: URL): Promise<boolean> {
  const request = get(url.origin, { agent: false, timeout: PROBE_TIMEOUT });
  request.once('timeout', () => request.destroy(new Error(`no answer in ${PROBE_TIMEOUT} ms`)));
  try {
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    response.destroy();
    return true;
  } catch (cause) {
    if (errorCode(cause) === 'ECONNREFUSED') return false;
    throw new BrokenRunError(
      `${url.host} is taken by something that is no web server (${messageOf(cause)}); ` +
        `stop it, or set ${siteVariable(site.label)} to another URL`,
      { cause },
    );
  }
}
