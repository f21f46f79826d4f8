import { sleep } from '../concurrency/index.ts';
import type { Database } from '../fleet/database.ts';
import type { ShardQueue } from '../fleet/jobs.ts';
import type { Plan } from '../fleet/plans.ts';
import { pageTemplate } from './pages.ts';

/** From one look at the database to the next, in ms. */
const EVERY = 1_000;

/** A look that takes long is made less often: it takes at most this share of the time. */
const SHARE = 0.1;

/** The page of a fleet, while it is served. Disposing of it tells viewers the latest state, the last if all is done. */
export interface FleetPage extends AsyncDisposable {
  /** Fulfilled once the signal has aborted. @throws (rejects) as {@link Database.patiently} */
  readonly stopped: Promise<void>;
}

/**
 * Serves the live page of a plan and its workers, and prints its address on stderr.
 * @param port 0 for any that is free
 * @throws BrokenRunError when the page is missing or the port is in use; as {@link Database.query}
 */
export async function openFleetPage(
  port: number,
  {
    database,
    queue,
    plan,
    signal,
  }: {
    readonly database: Database;
    readonly queue: ShardQueue;
    readonly plan: Plan;
    /** Ends the looks. @default disposal alone */
    readonly signal?: AbortSignal | undefined;
  },
): Promise<FleetPage> {
  const { Dashboard } = await import('../dashboard/dashboard.ts');
  const { FleetView } = await import('../fleet/read/fleet-view.ts');
  const { fillPage } = await import('../report/page/fill-page.ts');
  const view = new FleetView(database, queue, plan);
  await view.look();
  const pieces = await Array.fromAsync(fillPage(pageTemplate(), ['{"kind":"fleet"}']));
  const dashboard = await Dashboard.open({ port, page: pieces.join(''), run: view });
  dashboard.end('running');
  process.stderr.write(`flaghoist: the fleet can be watched at ${dashboard.url}\n`);
  const closing = new AbortController();
  const stop = signal === undefined ? closing.signal : AbortSignal.any([signal, closing.signal]);
  const stopped = (async () => {
    while (!stop.aborted) {
      const began = performance.now();
      await database.patiently(() => view.look(), stop);
      const took = performance.now() - began;
      await sleep(Math.max(EVERY, took / SHARE), { signal: stop });
    }
  })().catch((error: unknown) => {
    if (!stop.aborted) throw error;
  });
  // The caller gets it by `stopped`, perhaps later.
  stopped.catch(() => {});
  return {
    stopped,
    async [Symbol.asyncDispose]() {
      closing.abort();
      await stopped.catch(() => {});
      // A page that is still open shows the last look; without it, it would show the one before.
      await database.patiently(() => view.look(), AbortSignal.timeout(EVERY)).catch(() => {});
      if (view.isOver) dashboard.end('complete');
      await dashboard[Symbol.asyncDispose]();
    },
  };
}
