import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from '../servers/free-port.ts';
import { runNginx } from '../servers/run-nginx.ts';
import { GOOD } from './addresses.ts';
import { makeWebCertificates } from './certificates.ts';
import { lateNginxConfig } from './late-nginx-config.ts';
import { startMuteServer } from './mute-server.ts';
import { startNameServer } from './name-server.ts';
import { NGINX_MODULES, requireOpenWeb } from './requirements.ts';
import { type ResolverFiles, writeResolverFiles } from './resolver-namespace.ts';
import { ServerLoad } from './server-load.ts';

/** The flags that all hosts serve. */
export const FLAGS = fileURLToPath(new URL('../../assets/flags', import.meta.url));

/** The servers of a web. The behaviour of a host is in its name. */
export interface OpenWeb extends AsyncDisposable {
  readonly ports: Readonly<Record<'http' | 'https', number>>;
  /** Path of the authority's certificate, for clients to trust. */
  readonly authority: string;
  readonly resolver: ResolverFiles;
  readonly load: ServerLoad;
}

/**
 * Starts the name server, nginx and the mute server.
 *
 * @param root a directory that does not exist yet
 * @throws Error if the machine lacks a requirement, or an address is taken
 */
export async function startOpenWeb(root: string): Promise<OpenWeb> {
  await requireOpenWeb();
  await mkdir(root);
  await using started = new AsyncDisposableStack();
  const certificates = await makeWebCertificates(root);
  const ports = { http: await freePort(GOOD[0]), https: await freePort(GOOD[0]) };
  const config = lateNginxConfig({
    ...{ root, flags: FLAGS, modules: NGINX_MODULES, addresses: GOOD },
    ...{ httpPort: ports.http, httpsPort: ports.https, certificate: certificates.server },
  });
  const nginx = started.use(
    await runNginx({ root, config, port: ports.https, address: GOOD[0] as string }),
  );
  started.use(await startNameServer());
  started.use(await startMuteServer(Object.values(ports)));
  const load = new ServerLoad(nginx.pid);
  const resolver = await writeResolverFiles(root);
  const stack = started.move();
  return {
    ...{ ports, authority: certificates.authority, resolver, load },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}
