import type { Claim } from './fair-share.ts';
import { statementsFor } from './lease-statements.ts';
import {
  type Beat,
  LEASE_TIME,
  type LeaseGrant,
  type LeaseRequest,
  type LeaseTable,
  type Report,
} from './lease-table.ts';
import {
  concernsOthers,
  grantOf,
  newOrigin,
  newsOf,
  type OriginRow,
  type SettledRow,
  settleRows,
} from './origin-rows.ts';

/** What statements are sent to. */
interface Queries {
  query<Row extends object>(
    text: string,
    values?: unknown[],
  ): Promise<{ readonly rows: Row[]; readonly rowCount: number | null }>;
}

/** The database of a fleet, as its limits need it. */
export interface LeaseDatabase extends Queries {
  transaction<T>(body: (queries: Queries) => Promise<T>): Promise<T>;
}

/** Options of {@link PostgresLeases}. */
export interface PostgresLeasesOptions {
  /** The schema that has the tables of schema.ts. */
  readonly schema: string;
  /** Requests at a time to an origin, over all runs, where the table has no number of its own. */
  readonly limit: number;
  /** Requests a second to an origin, over all runs, in the same way. @default Infinity */
  readonly rate?: number | undefined;
  /** How long a run keeps its leases after its last sign of life, in ms: the same for all. @default 10,000 */
  readonly leaseTime?: number | undefined;
  /** What the fleet calls the worker, and the plan that it works on. @default none */
  readonly name?: string | undefined;
  readonly plan?: number | undefined;
  /** What the worker does at the moment, for the page of the fleet. @default the page shows nothing of it */
  readonly state?: (() => object) | undefined;
}

/** The channel on which changes are announced, with {@link announcedOrigins} in the notification. */
export const LIMITS_CHANNEL = 'flaghoist_limits';

/** The longest text that a notification may have is 7,999 bytes. */
const LONGEST_NOTE = 7_000;

/** The leases of a fleet in tables of PostgreSQL. */
export class PostgresLeases implements LeaseTable {
  readonly #database: LeaseDatabase;
  readonly #options: PostgresLeasesOptions;
  readonly #sql: ReturnType<typeof statementsFor>;
  /** When the run looked last, by the clock of the database, in s. */
  #lookedAt = 0;
  /** Whether there are no runs whose leases may have been lost in a crash. */
  #isSure = false;

  constructor(database: LeaseDatabase, options: PostgresLeasesOptions) {
    this.#database = database;
    this.#options = options;
    this.#sql = statementsFor(options.schema, options.leaseTime ?? LEASE_TIME);
  }

  async register(): Promise<number> {
    const { name = '', plan } = this.#options;
    const values = [name, plan, this.#state];
    const { rows } = await this.#database.query<{ id: string }>(this.#sql.register, values);
    this.#lookedAt = 0;
    return Number(rows[0]?.id);
  }

  async beat(run: number): Promise<Beat> {
    const { rows } = await this.#database.query<{
      isKnown: boolean;
      hasDead: boolean;
      at: number;
      changes: OriginRow[];
    }>(this.#sql.beat, [run, this.#lookedAt, this.#state]);
    const [{ isKnown, hasDead, at, changes } = NOTHING] = rows;
    this.#lookedAt = at;
    this.#isSure = false;
    if (hasDead) await this.#takeFromDead();
    return { isKnown, changes: changes.map((row) => newsOf(row, this.#defaults)) };
  }

  settle(run: number, requests: readonly LeaseRequest[]): Promise<LeaseGrant[] | undefined> {
    return this.#database.transaction(async (queries) => {
      const added = await this.#add(queries, run, requests);
      const origins = requests.map(({ origin }) => origin).filter((origin) => !added.has(origin));
      const locked = origins.length === 0 ? [] : await this.#lock(queries, run, origins);
      const rows = [...locked, ...Array.from(added, newOrigin)];
      if (rows.length === 0 && !(await this.#isKnown(queries, run))) return undefined;
      const others = await this.#othersOf(queries, run, origins);
      const mayTake = await this.#mayTake(queries, run);
      const known = { rows, others, mayTake };
      const settled = settleRows(requests, known, this.#defaults);
      await this.#save(queries, run, { settled, added });
      const changed = settled.filter(concernsOthers);
      await this.#announce(
        queries,
        changed.map(({ row }) => row.origin),
      );
      return settled.flatMap((each) => grantOf(each, added.has(each.row.origin), this.#defaults));
    });
  }

  async report(run: number, reports: readonly Report[]): Promise<void> {
    const of = <T>(read: (report: Partial<Report & { kind: 'down' }>) => T) =>
      reports.map((report) => read(report as Partial<Report & { kind: 'down' }>) ?? null);
    await this.#database.query(this.#sql.report, [
      run,
      of(({ origin }) => origin),
      of(({ kind }) => kind),
      reports.map((report) => ('heldFor' in report ? report.heldFor : null)),
      of(({ failingFor }) => failingFor),
      of(({ downFor }) => downFor),
      of(({ reason }) => reason),
      of(({ message }) => message),
    ]);
    await this.#announce(
      this.#database,
      reports.map(({ origin }) => origin),
    );
  }

  async leave(run: number): Promise<void> {
    await this.#database.transaction(async (queries) => {
      await queries.query(this.#sql.end, [run]);
      await this.#free(queries, [run]);
    });
  }

  /** A run that gives no sign of life any more has lost its leases. */
  async #takeFromDead(): Promise<void> {
    await this.#database.transaction(async (queries) => {
      const { rows } = await queries.query<{ id: string }>(this.#sql.takeDead);
      if (rows.length === 0) return;
      const ids = rows.map(({ id }) => Number(id));
      await this.#free(queries, ids);
      await queries.query(this.#sql.forgetOld);
    });
  }

  /** Ends the leases of runs. */
  async #free(queries: Queries, runs: readonly number[]): Promise<void> {
    const { rows } = await queries.query<{ origin: string }>(this.#sql.lockOf, [runs]);
    const origins = rows.map(({ origin }) => origin);
    await queries.query(this.#sql.dropLeases, [runs]);
    await queries.query(this.#sql.recount, [origins]);
    await queries.query(this.#sql.forget, [origins, this.#forgets]);
    await this.#announce(queries, origins);
  }

  /** @returns the origins that the table did not have */
  async #add(
    queries: Queries,
    run: number,
    requests: readonly LeaseRequest[],
  ): Promise<ReadonlySet<string>> {
    const added = requests.filter(({ isNew }) => isNew).map(({ origin }) => origin);
    if (added.length === 0) return new Set();
    const { rows } = await queries.query<{ origin: string }>(this.#sql.add, [run, added]);
    return new Set(rows.map(({ origin }) => origin));
  }

  /** Locks origins that the table has, in one order for all. */
  async #lock(queries: Queries, run: number, origins: readonly string[]): Promise<OriginRow[]> {
    return (await queries.query<OriginRow>(this.#sql.lock, [run, origins])).rows;
  }

  async #isKnown(queries: Queries, run: number): Promise<boolean> {
    const { rows } = await queries.query<{ isKnown: boolean }>(this.#sql.isKnown, [run]);
    return rows[0]?.isKnown === true;
  }

  async #othersOf(
    queries: Queries,
    run: number,
    origins: readonly string[],
  ): Promise<ReadonlyMap<string, Claim[]>> {
    if (origins.length === 0) return new Map();
    const { rows } = await queries.query<Claim & { origin: string }>(this.#sql.others, [
      run,
      origins,
    ]);
    return Map.groupBy(rows, ({ origin }) => origin);
  }

  /** Whether the leases in the table are all that runs have: looked up once between two signs of life. */
  async #mayTake(queries: Queries, run: number): Promise<boolean> {
    if (this.#isSure) return true;
    const { rows } = await queries.query<{ isAwaited: boolean }>(this.#sql.awaited, [run]);
    this.#isSure = rows[0]?.isAwaited === false;
    return this.#isSure;
  }

  async #save(
    queries: Queries,
    run: number,
    {
      settled,
      added,
    }: {
      readonly settled: readonly SettledRow[];
      readonly added: ReadonlySet<string>;
    },
  ): Promise<void> {
    await queries.query(this.#sql.save, [
      run,
      settled.map(({ row }) => row.origin),
      settled.map(({ request }) => request.step === 'leave'),
      settled.map(({ share }) => share),
      settled.map(({ request }) => request.demand),
      settled.map(({ level }) => level),
      settled.map(({ headroom }) => headroom),
      settled.map(({ isShort }) => isShort),
      settled.map(({ count }) => count),
      settled.map(({ free }) => free),
      this.#forgets,
      settled.map(({ row }) => added.has(row.origin)),
    ]);
  }

  get #state(): string {
    return JSON.stringify(this.#options.state?.() ?? {});
  }

  get #defaults() {
    const { limit, rate = Number.POSITIVE_INFINITY } = this.#options;
    return { limit, rate };
  }

  /** Whether an origin may be forgotten at once. With a rate, it matters when it was left. */
  get #forgets(): boolean {
    return this.#defaults.rate === Number.POSITIVE_INFINITY;
  }

  async #announce(queries: Queries, origins: readonly string[]): Promise<void> {
    if (origins.length === 0) return;
    const note = origins.join(' ');
    const text = Buffer.byteLength(note) > LONGEST_NOTE ? '' : note;
    await queries.query(this.#sql.notify, [LIMITS_CHANNEL, text]);
  }
}

/** The origins that a notification of {@link LIMITS_CHANNEL} announces. */
export function announcedOrigins(note: string): string[] | 'many' {
  return note === '' ? 'many' : note.split(' ');
}

const NOTHING = { isKnown: false, hasDead: false, at: 0, changes: [] };
