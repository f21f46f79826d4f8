import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { promisify } from 'node:util';
import type { Lifetime } from './temporary-directory.ts';

const run = promisify(execFile);

/** Where Debian and others install the server's programs, which are in no PATH. */
const DEBIAN = '/usr/lib/postgresql';

/** A data directory that is made once, and copied for each server. */
const TEMPLATE = join(import.meta.dirname, '../../node_modules/.cache/postgres');

/** How long a server may take to start or to stop, in ms. */
const PATIENCE = 20_000;

/** A PostgreSQL server of a test file, on a socket of its own. */
export interface PostgresServer {
  /** The URL of a database that is empty. */
  readonly url: string;
  /** `url` with another database's name. */
  urlOf(database: string): string;
  /** Stops the server at once, as a crash would, and starts it again. */
  restart(): Promise<void>;
  stop(): Promise<void>;
  start(): Promise<void>;
}

/** The folder of the server's programs; undefined where PostgreSQL is not installed. */
export async function postgresPrograms(): Promise<string | undefined> {
  const versions = await readdir(DEBIAN).catch(() => []);
  const newest = versions
    .map(Number)
    .filter(Number.isFinite)
    .sort((a, b) => b - a)[0];
  return newest === undefined ? undefined : join(DEBIAN, String(newest), 'bin');
}

/** The value for `skip` of tests that need a server: false if PostgreSQL is installed, else why not. */
export const skip: string | false =
  (await postgresPrograms()) === undefined && 'needs the package postgresql';

/**
 * Opens something on PostgreSQL before the first test of a file, and closes it after the last one. Nothing
 * is opened where PostgreSQL is not installed.
 * @returns what was opened, for the tests
 */
export function openForFile<Opened>(open: (t: Lifetime) => Promise<Opened>): () => Opened {
  let opened: Opened;
  const closes: (() => Promise<void>)[] = [];
  if (skip === false) {
    before(async () => {
      opened = await open({ after: (close) => void closes.unshift(close) });
    });
    after(async () => {
      for (const close of closes) await close();
    });
  }
  return () => opened;
}

/**
 * Starts a PostgreSQL server without durability, which listens on a Unix socket alone. It ends with the
 * test, or with all tests of the file.
 * @throws Error where PostgreSQL is not installed
 */
export async function startPostgres(t: Lifetime): Promise<PostgresServer> {
  const programs = await postgresPrograms();
  if (programs === undefined)
    throw new Error(`no PostgreSQL in ${DEBIAN}: apt-get install postgresql`);
  const home = await mkdtemp(join(tmpdir(), 'flaghoist-pg-'));
  const data = join(home, 'data');
  await copyTemplate(programs, data);
  if (isRoot()) await run('chown', ['-R', 'postgres', home]);
  let stop = async () => {};
  const start = async () => {
    stop = await startServer(programs, { home, data });
  };
  t.after(async () => {
    await stop();
    await rm(home, { recursive: true, force: true });
  });
  await start();
  const urlOf = (database: string) =>
    `postgres://postgres@/${database}?host=${encodeURIComponent(home)}`;
  return {
    url: urlOf('postgres'),
    urlOf,
    restart: async () => {
      await stop();
      await start();
    },
    stop: () => stop(),
    start,
  };
}

interface Places {
  /** Where its socket is. */
  readonly home: string;
  readonly data: string;
}

/** @returns what ends the server without waiting for its clients */
async function startServer(programs: string, { home, data }: Places): Promise<() => Promise<void>> {
  const settings = {
    listen_addresses: '',
    unix_socket_directories: home,
    fsync: 'off',
    synchronous_commit: 'off',
    full_page_writes: 'off',
    max_connections: '100',
    shared_buffers: '128MB',
    autovacuum_naptime: '10s',
  };
  const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const [program, ...args] = asPostgres(join(programs, 'postgres'), '-D', data, ...options);
  // The server's directory is its own: root's may be closed to it.
  const server = spawn(program, args, { cwd: home, stdio: ['ignore', 'ignore', 'pipe'] });
  let log = '';
  const ready = new Promise<void>((resolve, reject) => {
    server.stderr.setEncoding('utf8').on('data', (text: string) => {
      log = (log + text).slice(-10_000);
      if (log.includes('ready to accept connections')) resolve();
    });
    server.once('error', reject);
    server.once('close', (code) => reject(new Error(`PostgreSQL ended with ${code}: ${log}`)));
    setTimeout(() => reject(new Error(`PostgreSQL does not start: ${log}`)), PATIENCE).unref();
  });
  await ready;
  return async () => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const closed = once(server, 'close');
    // runuser(1) hands no SIGINT down, but the server can be found by its file of the data directory.
    await run(
      ...splitFirst(asPostgres(join(programs, 'pg_ctl'), 'stop', '-D', data, '-m', 'immediate')),
      { cwd: home },
    );
    await closed;
  };
}

function splitFirst([program, ...args]: readonly [string, ...string[]]): [string, string[]] {
  return [program, args];
}

/** PostgreSQL does not run as root. */
function asPostgres(...command: [string, ...string[]]): [string, ...string[]] {
  return isRoot() ? ['runuser', '-u', 'postgres', '--', ...command] : command;
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/** Copies the data directory that `initdb` has made once: that takes a second. */
async function copyTemplate(programs: string, data: string): Promise<void> {
  const template = `${TEMPLATE}-${programs.split('/').at(-2)}`;
  if (!(await isThere(template))) await makeTemplate(programs, template);
  await cp(template, data, { recursive: true, mode: 0 });
  await run('chmod', ['-R', 'go-rwx', data]);
}

async function makeTemplate(programs: string, template: string): Promise<void> {
  const made = await mkdtemp(join(tmpdir(), 'flaghoist-initdb-'));
  if (isRoot()) await run('chown', ['postgres', made]);
  const data = join(made, 'data');
  const command = asPostgres(
    join(programs, 'initdb'),
    '-D',
    data,
    '-U',
    'postgres',
    '-A',
    'trust',
    '-E',
    'UTF8',
    '--locale=C',
    '--no-sync',
  );
  await run(...splitFirst(command), { cwd: made });
  await mkdir(join(template, '..'), { recursive: true });
  // Two files may do this at a time: the last one to come finds it done.
  const beside = `${template}.${process.pid}`;
  await cp(data, beside, { recursive: true });
  await rename(beside, template).catch(() => rm(beside, { recursive: true, force: true }));
  await rm(made, { recursive: true, force: true });
}

function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
