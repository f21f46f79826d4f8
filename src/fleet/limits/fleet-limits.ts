import { LEASE_TIME } from './lease-table.ts';
import { OriginLeases, type OriginLeasesOptions } from './origin-leases.ts';
import {
  announcedOrigins,
  type LeaseDatabase,
  LIMITS_CHANNEL,
  PostgresLeases,
  type PostgresLeasesOptions,
} from './postgres-leases.ts';

/** The database of a fleet, as a process needs it for the limits of its runs. */
interface LimitsDatabase {
  /** The database for statements that may take so many ms each. */
  within(ms: number): LeaseDatabase;
  /** Calls the functions for each notification, and once it listens or listens again. */
  listen(
    channel: string,
    onNotification: (note: string) => void,
    onListening: () => void,
  ): AsyncDisposable;
}

/** What {@link FleetLimits.join} is given. */
type JoinOptions = OriginLeasesOptions & Omit<PostgresLeasesOptions, 'schema'>;

/**
 * The limits of a fleet, in one of its processes. All runs of all processes that join have no more requests
 * in flight to an origin than its limit, and no more requests a second than its rate.
 *
 * @example
 *     await using limits = new FleetLimits(database, SCHEMA);
 *     await using shared = limits.join({ limit: 8 });
 *     for await (const outcome of download(rows, { directory, sharedLimits: shared })) record(outcome);
 */
export class FleetLimits implements AsyncDisposable {
  readonly #database: LimitsDatabase;
  readonly #schema: string;
  readonly #runs = new Set<OriginLeases>();
  readonly #listener: AsyncDisposable;

  /** @param schema the schema of the database that has the tables of schema.ts */
  constructor(database: LimitsDatabase, schema: string) {
    this.#database = database;
    this.#schema = schema;
    this.#listener = database.listen(
      LIMITS_CHANNEL,
      (note) => this.#announced(announcedOrigins(note)),
      // What was announced before it listened is missed.
      () => this.#announced('many'),
    );
  }

  /** Begins the part of one run: to be disposed of after the run, which gives its leases back. */
  join(options: JoinOptions): OriginLeases {
    const { leaseTime = LEASE_TIME } = options;
    const database = this.#database.within(leaseTime / 2);
    const table = new PostgresLeases(database, { ...options, schema: this.#schema });
    const run = new OriginLeases(table, { ...options, onEnd: () => this.#runs.delete(run) });
    this.#runs.add(run);
    return run;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#listener[Symbol.asyncDispose]();
    for (const run of this.#runs) await run[Symbol.asyncDispose]();
  }

  #announced(origins: readonly string[] | 'many'): void {
    for (const run of this.#runs) run.announced(origins);
  }
}
