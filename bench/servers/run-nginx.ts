import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runServer } from './run-server.ts';

/** In s. */
const LIFETIME = 2 * 60 * 60;
/** In ms. */
const LONGEST_START = 5_000;

/** An nginx to start. */
export interface NginxProgram {
  /** An existing directory, for the configuration and the log. */
  readonly root: string;
  readonly config: string;
  /** A port that it listens on once it has started. */
  readonly port: number;
  /** @default 127.0.0.1 */
  readonly address?: string;
  /** @default the nginx of PATH */
  readonly program?: string;
}

/** An nginx that runs. Disposing it stops it. */
export interface RunningNginx extends AsyncDisposable {
  /** The id of its master process, from the file `nginx.pid` in `root`. */
  readonly pid: number;
}

/** Starts nginx in the foreground. @throws Error with the end of its log, if it does not listen in time */
export async function runNginx({
  root,
  config,
  port,
  address,
  program = 'nginx',
}: NginxProgram): Promise<RunningNginx> {
  const path = join(root, 'nginx.conf');
  const log = join(root, 'error.log');
  await writeFile(path, config);
  const server = await runServer({
    command: [program, '-e', log, '-p', root, '-c', path],
    // Its complaints are in the log, too.
    options: { stdio: 'ignore' },
    ...{ lifetime: LIFETIME, port, address, longestStart: LONGEST_START },
  });
  if (server === undefined) throw new Error(`nginx does not listen: ${await endOf(log)}`);
  const pid = Number(await readFile(join(root, 'nginx.pid'), 'utf8'));
  return { pid, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

/**
 * Directives that keep nginx's temporary files below `directory`: its built-in places may not be writable.
 */
export function temporaryPaths(directory: string): string {
  return ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((kind) => `${kind}_temp_path ${directory}/${kind};`)
    .join(' ');
}

async function endOf(log: string): Promise<string> {
  const text = await readFile(log, 'utf8').catch(() => 'it has no log');
  return text.trim().split('\n').at(-1) ?? '';
}
