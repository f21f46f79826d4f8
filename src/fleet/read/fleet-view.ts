import { isDone, STATUSES } from '../../model/outcome.ts';
import { safeLine } from '../../model/safe-text.ts';
import { RecentRate } from '../../observe/recent-rate.ts';
import type {
  FleetState,
  RunState,
  ShownOrigin,
  ShownWorker,
} from '../../report/page/page-data.ts';
import { pageReasons } from '../../report/row-groups.ts';
import type { Database } from '../database.ts';
import type { ShardQueue } from '../jobs.ts';
import { type Plan, shardCounts } from '../plans.ts';
import { SCHEMA } from '../schema.ts';
import type { WorkerState } from '../work/worker-progress.ts';
import { groupsOf, tallyOf } from './totals.ts';

/** Workers and origins that are named, at most. */
const MOST_WORKERS = 100;
const MOST_ORIGINS = 30;

/** How long speeds are averaged over, in ms. */
const WINDOW = 20_000;

interface WorkerRow {
  readonly id: number;
  readonly name: string;
  readonly state: Partial<WorkerState>;
  readonly startedAt: number;
  readonly heardAgo: number;
}

/** What is known of a fleet at a moment: the state of its page, without speeds. */
type Look = Omit<FleetState, 'now' | 'ending'> & {
  /** Of all workers. */
  readonly inHand: number;
  readonly inFlight: number;
  readonly waiting: number;
};

/** A plan and its workers, as their page shows them. Its memory does not grow with either. */
export class FleetView {
  readonly #database: Database;
  readonly #queue: ShardQueue;
  readonly #plan: Plan;
  readonly #now: () => number;
  readonly #rows: RecentRate;
  readonly #bytes: RecentRate;
  /** What the workers have done since the first look, and what each of them had at the last one. */
  #done = { rows: 0, bytes: 0 };
  #before: ReadonlyMap<number, ShownWorker> | undefined;
  #look: Look | undefined;

  /** @param now a clock in ms that never goes back */
  constructor(database: Database, queue: ShardQueue, plan: Plan, now = () => performance.now()) {
    this.#database = database;
    this.#queue = queue;
    this.#plan = plan;
    this.#now = now;
    this.#rows = new RecentRate(WINDOW, now(), 0);
    this.#bytes = new RecentRate(WINDOW, now(), 0);
  }

  /** Whether all shards have ended, or were given up, as far as was looked. */
  get isOver(): boolean {
    const { active = 0, waiting = 0, done = 0 } = this.#look?.shards ?? {};
    return this.#look !== undefined && active + waiting === 0 && done > 0;
  }

  /** Looks at the database. @throws as {@link Database.query} */
  async look(): Promise<void> {
    const { id, name, sink, createdAt: startedAt, rows: expected } = this.#plan;
    const groups = await groupsOf(this.#database, id);
    const { ended: done } = await shardCounts(this.#database, id);
    const shards = { ...(await this.#queue.counts()), done };
    const workers = await this.#workers();
    const origins = await this.#origins();
    const shown = [...workers.values()];
    const sum = (part: (worker: ShownWorker) => number) =>
      shown.reduce((total, worker) => total + part(worker), 0);
    this.#look = {
      ...{ plan: safeLine(name), sink: safeLine(sink), startedAt, expected, shards },
      totals: tallyOf(groups),
      bytes: groups.reduce((total, { bytes }) => total + bytes, 0),
      reasons: pageReasons(groups),
      inHand: sum(({ ended }) => ended),
      inFlight: sum(({ inFlight }) => inFlight),
      waiting: sum(({ waiting }) => waiting),
      workers: shown.slice(0, MOST_WORKERS),
      otherWorkers: Math.max(0, shown.length - MOST_WORKERS),
      origins: origins.slice(0, MOST_ORIGINS),
      otherOrigins: Math.max(0, origins.length - MOST_ORIGINS),
    };
    this.#note(workers);
  }

  /**
   * The latest state; {@link look} must have been called.
   * @param ending of the plan, unless it is over
   */
  state(ending: RunState['ending']): FleetState {
    const look = this.#look;
    if (look === undefined) throw new Error('nothing was looked at yet');
    const { inHand, inFlight, waiting, ...shown } = look;
    const rowsPerSecond = this.#rows.perSecond;
    const ended = Object.values(look.totals).reduce((sum, rows) => sum + rows, inHand);
    const left = Math.max(0, (look.expected ?? 0) - ended);
    return {
      ...shown,
      ending: this.isOver ? 'complete' : ending,
      now: {
        ...{ inHand, inFlight, waiting, rowsPerSecond, bytesPerSecond: this.#bytes.perSecond },
        ...(rowsPerSecond > 0 ? { remaining: (left / rowsPerSecond) * 1000 } : {}),
      },
    };
  }

  /** Adds what the workers have done since the last look. A worker that has gone takes nothing back. */
  #note(workers: ReadonlyMap<number, ShownWorker>): void {
    for (const [id, { done, notDone, received }] of workers) {
      const before = this.#before?.get(id);
      if (this.#before === undefined) continue;
      this.#done.rows += done + notDone - (before?.done ?? 0) - (before?.notDone ?? 0);
      this.#done.bytes += received - (before?.received ?? 0);
    }
    this.#before = workers;
    this.#rows.note(this.#now(), this.#done.rows);
    this.#bytes.note(this.#now(), this.#done.bytes);
  }

  /** The workers of the plan, by their ids, those that began first first. */
  async #workers(): Promise<ReadonlyMap<number, ShownWorker>> {
    const { rows } = await this.#database.query<WorkerRow>(
      `SELECT id, name, state, round(extract(epoch FROM started_at) * 1000)::bigint AS "startedAt",
         (extract(epoch FROM clock_timestamp() - beat_at) * 1000)::float AS "heardAgo"
       FROM ${SCHEMA}.workers WHERE plan = $1 ORDER BY id`,
      [this.#plan.id],
    );
    return new Map(rows.map((row) => [row.id, shownWorker(row)]));
  }

  async #origins(): Promise<ShownOrigin[]> {
    const { rows } = await this.#database.query<OriginRow>(
      `SELECT o.origin, count(w.id)::int AS workers, coalesce(sum(l.share), 0)::int AS allowed,
         coalesce(sum(l.demand), 0)::int AS demand,
         greatest(0, ${left('hold_until')})::float AS "heldFor", prober IS NOT NULL AS "isProbed",
         greatest(0, ${left('down_until')})::float AS "downFor", message AS why
       FROM ${SCHEMA}.origins o LEFT JOIN ${SCHEMA}.leases l USING (origin)
         LEFT JOIN ${SCHEMA}.workers w ON w.id = l.worker
       GROUP BY o.origin
       HAVING count(w.id) > 0 OR greatest(hold_until, down_until) > clock_timestamp()
       ORDER BY greatest(hold_until, down_until) > clock_timestamp() DESC NULLS LAST, 4 DESC, 1
       LIMIT 1000`,
    );
    return rows.map(({ heldFor, downFor, isProbed, why, ...row }) => ({
      ...row,
      origin: safeLine(row.origin),
      ...(heldFor > 0 ? { heldFor, isProbed } : {}),
      ...(downFor > 0 ? { downFor, why: safeLine(why ?? '') } : {}),
    }));
  }
}

type OriginRow = Required<Omit<ShownOrigin, 'heldFor' | 'downFor' | 'why'>> & {
  readonly heldFor: number;
  readonly downFor: number;
  readonly why: string | null;
};

function shownWorker({ name, startedAt, heardAgo, state }: WorkerRow): ShownWorker {
  const { shard, rows = 0, ended = 0, inFlight = 0, waiting = 0, received = 0, tally } = state;
  const rowsOf = (isWanted: (done: boolean) => boolean) =>
    STATUSES.filter((status) => isWanted(isDone(status))).reduce(
      (sum, status) => sum + (tally?.[status] ?? 0),
      0,
    );
  return {
    ...{ name: safeLine(name), startedAt, heardAgo: Math.round(heardAgo) },
    ...{ shard, rows, ended, inFlight, waiting, received },
    done: rowsOf((done) => done),
    notDone: rowsOf((done) => !done),
  };
}

function left(column: string): string {
  return `coalesce(extract(epoch FROM ${column} - clock_timestamp()) * 1000, 0)`;
}
