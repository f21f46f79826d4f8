import { access, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { freePort } from '../../bench/servers/free-port.ts';
import { runNginx, temporaryPaths } from '../../bench/servers/run-nginx.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const NGINX = '/usr/sbin/nginx';

/** An nginx of one test, on 127.0.0.1, in a directory of its own. */
export interface Nginx {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  readonly port: number;
  /** The directory of the files that it serves. */
  readonly root: string;
}

/** The value for `skip` of a test that needs Debian's nginx: false if it is installed, else why not. */
export async function noNginx(): Promise<string | false> {
  try {
    await access(NGINX);
    return false;
  } catch {
    return `${NGINX} is not installed`;
  }
}

/**
 * Starts an nginx that runs until the test ends.
 * @param server further directives of its `server { … }`; `@DIR` stands for its directory
 * @param files contents by name, relative to its directory: `root/a.txt` is served as `/a.txt`
 */
export async function startNginx(
  t: TestContext,
  server: string,
  files: Readonly<Record<string, string | Uint8Array>>,
): Promise<Nginx> {
  const directory = await temporaryDirectory(t);
  const root = join(directory, 'root');
  await mkdir(root);
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(directory, name)), { recursive: true });
    await writeFile(join(directory, name), content);
  }
  const port = await freePort();
  const config = configOf(directory, port, server);
  const nginx = await runNginx({ root: directory, config, port, program: NGINX });
  t.after(() => nginx[Symbol.asyncDispose]());
  return { url: `http://127.0.0.1:${port}`, port, root };
}

function configOf(directory: string, port: number, server: string): string {
  return `
    daemon off; master_process off; pid ${directory}/nginx.pid;
    events { worker_connections 128; }
    http {
      access_log off; ${temporaryPaths(directory)}
      types { text/plain txt; application/octet-stream bin; }
      server {
        listen 127.0.0.1:${port}; root ${directory}/root;
        ${server.replaceAll('@DIR', directory)}
      }
    }`;
}
