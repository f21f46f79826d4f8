import type { Client, Pool, PoolClient, QueryResult, QueryResultRow } from 'pg';
import { sleep } from '../concurrency/index.ts';
import { BrokenRunError } from '../model/broken-run-error.ts';
import {
  brokenDatabase,
  DatabaseAwayError,
  isAway,
  isOfDatabase,
  isStarting,
  isTimeout,
} from './database-errors.ts';
import { Listener } from './listener.ts';

/** The oldest PostgreSQL that pg-boss works with, as `server_version_num` has it. */
const OLDEST_SERVER = 130_000;

/** Connections of one process at a time: heartbeats, a transaction, the maintenance of the queue. */
const MOST_CONNECTIONS = 4;

/** How long a connection may take, in ms. */
const CONNECT_DEADLINE = 10_000;

/**
 * How long a statement may take that waits for nothing in the database, in ms. A connection that the network
 * has dropped without a word would be waited for until TCP gives up, after a quarter of an hour.
 */
const AT_ONCE = 10_000;

/** How long {@link Database.patiently} waits for a server to come back, in ms. */
const PATIENCE = 300_000;

/** How long a server that is being started is waited for, in ms. */
const START_UP = 30_000;

/** The type of `bigint` in PostgreSQL's catalog (pg_type). */
const INT8 = 20;

/** Anything that statements can be sent to: the pool of connections, or one transaction. */
export interface Queries {
  query<Row extends QueryResultRow>(
    text: string,
    values?: readonly unknown[],
  ): Promise<QueryResult<Row>>;
}

/** What {@link Database.within} gives. */
interface Timed extends Queries {
  transaction<T>(body: (queries: Queries) => Promise<T>): Promise<T>;
}

/**
 * The connections of this process to a PostgreSQL database. Connections that a restart of the server ends
 * are replaced by the next statement.
 *
 * @example
 *     await using database = await openDatabase('postgres://db.example/fleet');
 *     await database.query('SELECT 1');
 */
export class Database implements Queries, AsyncDisposable {
  /** For messages: `postgres://host:port/name`, without user and password. */
  readonly location: string;
  readonly #pool: Pool;

  readonly #connect: () => Client;

  /** @param connect makes a connection outside the pool */
  constructor(pool: Pool, location: string, connect: () => Client) {
    this.#pool = pool;
    this.#connect = connect;
    this.location = location;
    // An idle connection that the server ends is no failure of any statement.
    pool.on('error', () => {});
  }

  /** @throws DatabaseAwayError; BrokenRunError for any other error of the database */
  query<Row extends QueryResultRow>(
    text: string,
    values: readonly unknown[] = [],
  ): Promise<QueryResult<Row>> {
    return this.#guarded(() => this.#pool.query<Row>(text, [...values]));
  }

  /**
   * Runs statements in one transaction, which is rolled back when `body` throws.
   * @returns what `body` returns @throws what `body` throws; as {@link query}
   */
  transaction<T>(body: (client: PoolClient) => Promise<T>): Promise<T> {
    return this.#transaction(body, (text) => text);
  }

  /**
   * The same connections for statements that are of use only soon. A connection on which one takes longer
   * is given up, with a DatabaseAwayError.
   * @param ms how long each statement may take
   */
  within(ms: number): Timed {
    const timed = timedBy(ms);
    return {
      query: (text, values = []) =>
        this.#guarded(() => this.#pool.query({ ...timed(text), values: [...values] })),
      transaction: (body) =>
        this.#transaction((client) => {
          const query: Queries['query'] = (text, values = []) =>
            client.query({ ...timed(text), values: [...values] });
          return body({ query });
        }, timed),
    };
  }

  async #transaction<T>(
    body: (client: PoolClient) => Promise<T>,
    commit: (text: string) => string | TimedQuery,
  ): Promise<T> {
    const client = await this.#guarded(() => this.#pool.connect());
    let broken: Error | undefined;
    // A connection that ends between two statements says so here; the next statement fails.
    const onError = (error: Error) => {
      broken = error;
    };
    client.on('error', onError);
    try {
      await client.query(timedBy(AT_ONCE)('BEGIN'));
      const result = await body(client);
      await client.query(commit('COMMIT'));
      return result;
    } catch (error) {
      if (isTimeout(error)) broken = error;
      // The body may have met the end of the connection in another form.
      if (broken !== undefined) throw this.#said(broken);
      await client.query(timedBy(AT_ONCE)('ROLLBACK')).catch((failed: Error) => {
        broken = failed;
      });
      throw isOfDatabase(error) ? this.#said(error) : error;
    } finally {
      client.off('error', onError);
      client.release(broken);
    }
  }

  /**
   * Calls `attempt` again while the server is away: restarted, crashed, or cut off by the network.
   * @param signal ends the waiting, with its reason
   * @throws BrokenRunError when it has not come back in five minutes; what else `attempt` throws
   */
  async patiently<T>(attempt: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const until = performance.now() + PATIENCE;
    for (let wait = 100; ; wait = Math.min(2 * wait, 2_000)) {
      try {
        return await attempt();
      } catch (error) {
        if (!(error instanceof DatabaseAwayError)) throw error;
        signal?.throwIfAborted();
        if (performance.now() > until) throw brokenDatabase(this.location, error);
        await sleep(wait / 2 + (wait / 2) * Math.random(), { signal });
      }
    }
  }

  /**
   * Listens to a channel (LISTEN) on a connection of its own, and connects again when that ends.
   * @param onNotification gets the payload of each notification
   * @param onListening called once it listens, and again after each reconnection: what was sent in
   *   between was missed
   */
  listen(
    channel: string,
    onNotification: (payload: string) => void,
    onListening: () => void = () => {},
  ): Listener {
    return new Listener(this.#connect, channel, { onNotification, onListening });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool.end();
  }

  async #guarded<T>(run: () => Promise<T>): Promise<T> {
    try {
      return await run();
    } catch (error) {
      throw this.#said(error);
    }
  }

  /** What an error of node-postgres is called here. */
  #said(error: unknown): Error {
    return isAway(error) ? new DatabaseAwayError(error) : brokenDatabase(this.location, error);
  }
}

/** A statement that may take so many ms, as node-postgres has it. */
interface TimedQuery {
  readonly text: string;
  readonly query_timeout: number;
}

function timedBy(ms: number): (text: string) => TimedQuery {
  return (text) => ({ text, query_timeout: ms });
}

/**
 * Connects to a database, and looks whether its server is new enough.
 * @param url `postgres://…`; what it leaves out comes from PGUSER, PGPASSWORD, PGHOST, ~/.pgpass and the like
 * @param purpose what the server's list of connections (pg_stat_activity) calls it
 * @throws BrokenRunError with one line that says what to do
 */
export async function openDatabase(url: string, purpose = 'flaghoist'): Promise<Database> {
  const { default: pg } = await import('pg');
  const config = {
    connectionString: url,
    connectionTimeoutMillis: CONNECT_DEADLINE,
    keepAlive: true,
    application_name: purpose,
    types: {
      // Counts and ids stay far below 2^53.
      getTypeParser: (type: number, format?: 'text' | 'binary') =>
        type === INT8 ? Number : pg.types.getTypeParser(type, format as 'text'),
    },
  };
  const connect = () => new pg.Client(config);
  let location: string;
  try {
    location = locationOf(connect());
  } catch (cause) {
    // The message may show the URL, which may have a password.
    throw new BrokenRunError('--database is no URL of a PostgreSQL database', { cause });
  }
  const pool = new pg.Pool({ ...config, max: MOST_CONNECTIONS });
  const database = new Database(pool, location, connect);
  try {
    await checkStartedServer(database);
  } catch (error) {
    await database[Symbol.asyncDispose]();
    throw brokenDatabase(location, error);
  }
  return database;
}

interface Place {
  readonly host: string;
  readonly port: number;
  readonly database?: string | undefined;
  readonly user?: string | undefined;
}

function locationOf({ host, port, database, user }: Place): string {
  const name = database ?? user ?? '';
  return host.startsWith('/') ? `${name} at ${host}` : `postgres://${host}:${port}/${name}`;
}

/** A server that is being started will answer soon. One that is not there is more likely a wrong URL. */
async function checkStartedServer(database: Database): Promise<void> {
  for (let until = performance.now() + START_UP; ; ) {
    try {
      return await checkServer(database);
    } catch (error) {
      if (!isStarting(error) || performance.now() > until) throw error;
      await sleep(200);
    }
  }
}

async function checkServer(database: Database): Promise<void> {
  const sql =
    "SELECT current_setting('server_version') AS version, current_setting('server_version_num')::int AS number";
  const { rows } = await database.query<{ version: string; number: number }>(sql);
  const [{ version = '', number = 0 } = {}] = rows;
  if (number >= OLDEST_SERVER) return;
  throw new BrokenRunError(
    `the database ${database.location} is PostgreSQL ${version}; version 13 or later is needed`,
  );
}
