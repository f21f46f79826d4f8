import { Socket } from 'node:net';
import { sleep } from '../concurrency/index.ts';
import { BrokenRunError } from '../model/broken-run-error.ts';
import { messageOf } from '../model/error-words.ts';
import { Database } from './database.ts';
import { brokenDatabase, isStarting } from './database-errors.ts';
import { type Login, passwordFor } from './password-file.ts';

/** The oldest PostgreSQL that pg-boss works with, as `server_version_num` has it. */
const OLDEST_SERVER = 130_000;

/** Connections of one process at a time: heartbeats, a transaction, the maintenance of the queue. */
const MOST_CONNECTIONS = 4;

/** How long a server that is being started is waited for, in ms. */
const START_UP = 30_000;

/** The type of `bigint` in PostgreSQL's catalog (pg_type). */
const INT8 = 20;

/** What node-postgres takes for `verify-full` now, with a warning of ten lines that later versions may not. */
const VERIFYING = /([?&]sslmode=)(?:prefer|require|verify-ca)(?=&|$)/;

/** Options of {@link openDatabase}. */
export interface DatabaseOptions {
  /** What the server's list of connections (pg_stat_activity) calls it. @default 'flaghoist' */
  readonly purpose?: string | undefined;
  /** How long a connection may take, and the first answer on it, in ms. @default 10,000 */
  readonly deadline?: number | undefined;
  /** How long any statement may take, in ms. @default 0 for any time */
  readonly statementDeadline?: number | undefined;
}

/**
 * Connects to a database, and looks whether its server is new enough.
 * @param url `postgres://…`; what it leaves out comes from PGUSER, PGPASSWORD, PGHOST, ~/.pgpass and the like
 * @throws BrokenRunError with one line that says what to do
 */
export async function openDatabase(
  url: string,
  { purpose = 'flaghoist', deadline = 10_000, statementDeadline = 0 }: DatabaseOptions = {},
): Promise<Database> {
  const { default: pg } = await import('pg');
  const sockets = new Sockets();
  const config = {
    connectionString: strict(url),
    connectionTimeoutMillis: deadline,
    query_timeout: statementDeadline,
    stream: () => sockets.open(),
    keepAlive: true,
    application_name: purpose,
    types: {
      // Counts and ids stay far below 2^53.
      getTypeParser: (type: number, format?: 'text' | 'binary') =>
        type === INT8 ? Number : pg.types.getTypeParser(type, format as 'text'),
    },
  };
  // Its own look at ~/.pgpass comes with a warning that it will end.
  class Client extends pg.Client {
    constructor(given = config) {
      super(given);
      const own = this as { password?: string | null | (() => Promise<string | undefined>) };
      own.password ??= () => passwordFor(this);
    }
  }
  const connect = () => new Client(config);
  let location: string;
  try {
    location = locationOf(connect());
  } catch (cause) {
    throw new BrokenRunError(problemOf(cause), { cause });
  }
  const pool = new pg.Pool({ ...config, Client, max: MOST_CONNECTIONS });
  const database = new Database(pool, location, { connect, cut: () => sockets.cut() });
  try {
    await checkStartedServer(database, deadline);
  } catch (error) {
    await database[Symbol.asyncDispose]();
    throw brokenDatabase(location, error);
  }
  return database;
}

function strict(url: string): string {
  return url.includes('uselibpqcompat=') ? url : url.replace(VERIFYING, '$1verify-full');
}

/** The sockets of all connections. One that has gone silent would never end by itself. */
class Sockets {
  readonly #open = new Set<Socket>();

  open(): Socket {
    const socket = new Socket();
    this.#open.add(socket);
    socket.once('close', () => this.#open.delete(socket));
    return socket;
  }

  cut(): void {
    for (const socket of this.#open) socket.destroy();
  }
}

/** @param error why the URL is of no use: its message may show the URL, which may have a password */
function problemOf(error: unknown): string {
  if (error instanceof Error && 'path' in error) {
    return `--database names a certificate or key that cannot be read: ${messageOf(error)}`;
  }
  return '--database is no URL of a PostgreSQL database';
}

function locationOf({ host, port, database, user }: Login): string {
  const name = database ?? user ?? '';
  return host.startsWith('/') ? `${name} at ${host}` : `postgres://${host}:${port}/${name}`;
}

/** A server that is being started will answer soon. One that is not there is more likely a wrong URL. */
async function checkStartedServer(database: Database, deadline: number): Promise<void> {
  for (let until = performance.now() + START_UP; ; ) {
    try {
      return await checkServer(database, deadline);
    } catch (error) {
      if (!isStarting(error) || performance.now() > until) throw error;
      await sleep(200);
    }
  }
}

async function checkServer(database: Database, deadline: number): Promise<void> {
  const sql =
    "SELECT current_setting('server_version') AS version, current_setting('server_version_num')::int AS number";
  const { rows } = await database.within(deadline).query<{ version: string; number: number }>(sql);
  const [{ version = '', number = 0 } = {}] = rows;
  if (number >= OLDEST_SERVER) return;
  throw new BrokenRunError(
    `the database ${database.location} is PostgreSQL ${version}; version 13 or later is needed`,
  );
}
