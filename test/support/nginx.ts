import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdir, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { listenOnLoopback } from '../../src/server/loopback.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const NGINX = '/usr/sbin/nginx';

/** An nginx of one test, on 127.0.0.1, in a directory of its own. */
export interface Nginx {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  readonly port: number;
  /** What `root` is: the files that are served. */
  readonly root: string;
}

/** Whether Debian's nginx is installed: why not, as `node:test` takes it for `skip`. */
export async function noNginx(): Promise<string | false> {
  try {
    await access(NGINX);
    return false;
  } catch {
    return `${NGINX} is not installed`;
  }
}

/**
 * Starts nginx, until the test ends.
 * @param server what stands in its `server { … }`, beside `listen` and `root`; `@DIR` is its directory
 * @param files the contents by name, relative to its directory: `root/a.txt` is served as `/a.txt`
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
  const config = join(directory, 'nginx.conf');
  await writeFile(config, configOf(directory, port, server));
  // One process, in the foreground: the one whose id we have is the one to end.
  const nginx = spawn(NGINX, ['-p', directory, '-c', config, '-e', 'stderr'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let errors = '';
  nginx.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  const exited = once(nginx, 'exit');
  t.after(async () => {
    nginx.kill('SIGTERM');
    await exited;
  });
  while (!(await answers(port))) {
    if (nginx.exitCode !== null) throw new Error(`nginx did not start: ${errors}`);
  }
  return { url: `http://127.0.0.1:${port}`, port, root };
}

function configOf(directory: string, port: number, server: string): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((what) => `${what}_temp_path ${directory}/${what};`)
    .join(' ');
  return `
    daemon off; master_process off; pid ${directory}/nginx.pid;
    events { worker_connections 128; }
    http {
      access_log off; ${temporary}
      types { text/plain txt; application/octet-stream bin; }
      server {
        listen 127.0.0.1:${port}; root ${directory}/root;
        ${server.replaceAll('@DIR', directory)}
      }
    }`;
}

async function freePort(): Promise<number> {
  const { port, close } = await listenOnLoopback(() => {}, 0);
  await close();
  return port;
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
