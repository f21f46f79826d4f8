import type { ServerResponse } from 'node:http';
import type { RunState } from '../report/page/page-data.ts';
import { HEADERS, NO_PAGE_POLICY } from './headers.ts';
import type { LiveRun } from './live-run.ts';
import { refuse } from './refuse.ts';
import { Viewer } from './viewer.ts';

/** Viewers at a time. */
const MOST = 16;

/** All who watch a run. */
export class Viewers {
  readonly #run: LiveRun;
  readonly #viewers = new Set<Viewer>();
  /** Once it has ended. */
  #ending: RunState['ending'] | undefined;

  constructor(run: LiveRun) {
    this.#run = run;
  }

  /** Whether there are any. */
  get any(): boolean {
    return this.#viewers.size > 0;
  }

  /** Answers with events, from now until the run ends. */
  add(response: ServerResponse): void {
    if (this.#viewers.size >= MOST) {
      refuse(response, 503);
      return;
    }
    const { method, headers } = response.req;
    response.writeHead(200, {
      ...HEADERS,
      'content-security-policy': NO_PAGE_POLICY,
      'content-type': 'text/event-stream',
      // When the events end, so does the connection: nothing is left to hold the process.
      connection: 'close',
    });
    if (method === 'HEAD') {
      response.end();
      return;
    }
    const { rows } = this.#run;
    const viewer = new Viewer(response, rows, positionOf(headers['last-event-id'], rows.length));
    this.#viewers.add(viewer);
    response.once('close', () => this.#viewers.delete(viewer));
    const state = JSON.stringify(this.#run.state(this.#ending ?? 'running'));
    if (this.#ending === undefined) viewer.tell(state);
    else viewer.end(state);
  }

  /** Tells which rows have ended. @param withState and how the run goes */
  tell(withState: boolean): void {
    if (!this.any) return;
    const state = withState ? JSON.stringify(this.#run.state('running')) : undefined;
    for (const viewer of this.#viewers) viewer.tell(state);
  }

  /** The run has ended: tells how, and no more. */
  end(ending: RunState['ending']): void {
    this.#ending = ending;
    if (!this.any) return;
    const state = JSON.stringify(this.#run.state(ending));
    for (const viewer of this.#viewers) viewer.end(state);
  }
}

/** The rows that a viewer had when its connection was lost; 0 for a new viewer. */
function positionOf(lastEventId: string | string[] | undefined, rows: number): number {
  const position = /^\d{1,15}$/.test(String(lastEventId)) ? Number(lastEventId) : 0;
  return position <= rows ? position : 0;
}
