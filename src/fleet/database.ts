import type { Client, Pool, PoolClient, QueryResult, QueryResultRow } from 'pg';
import { sleep, Timer } from '../concurrency/index.ts';
import {
  brokenDatabase,
  DatabaseAwayError,
  isAway,
  isOfDatabase,
  isTimeout,
} from './database-errors.ts';
import { GRACE, inTime, soonAfter } from './grace.ts';
import { Listener } from './listener.ts';

/**
 * How long a statement may take that waits for nothing in the database, in ms. A connection that the network
 * has dropped without a word would be waited for until TCP gives up, after a quarter of an hour.
 */
const AT_ONCE = 10_000;

/** How long {@link Database.patiently} waits for a server to come back, in ms. */
const PATIENCE = 300_000;

/** The connections of a {@link Database}. */
interface Connections {
  /** Makes one outside the pool. */
  readonly connect: () => Client;
  /** Ends all of them without a word to the server. */
  readonly cut: () => void;
}

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

  readonly #connections: Connections;

  constructor(pool: Pool, location: string, connections: Connections) {
    this.#pool = pool;
    this.#connections = connections;
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
    return this.#transaction(body);
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
        this.#guarded(() => inTime(ms, this.#pool.query({ ...timed(text), values: [...values] }))),
      transaction: (body) =>
        this.#transaction((client) => {
          const query: Queries['query'] = (text, values = []) =>
            client.query({ ...timed(text), values: [...values] });
          return body({ query });
        }, ms),
    };
  }

  async #transaction<T>(body: (client: PoolClient) => Promise<T>, ms?: number): Promise<T> {
    const connecting = this.#pool.connect();
    const client = await this.#guarded(() => inTime(ms, connecting)).catch((error: unknown) => {
      // A connection that comes too late is for others.
      connecting.then(
        (late) => late.release(),
        () => {},
      );
      throw error;
    });
    let broken: Error | undefined;
    // A connection that ends between two statements says so here; the next statement fails.
    const onError = (error: Error) => {
      broken = error;
    };
    client.on('error', onError);
    try {
      await client.query(timedBy(AT_ONCE)('BEGIN'));
      const result = await body(client);
      await client.query(ms === undefined ? 'COMMIT' : timedBy(ms)('COMMIT'));
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
        return await soonAfter(signal, attempt());
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
    return new Listener(this.#connections.connect, channel, { onNotification, onListening });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const timer = new Timer(GRACE, () => this.#connections.cut());
    try {
      await this.#pool.end();
    } finally {
      timer.clear();
      this.#connections.cut();
    }
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
