import type { ServerResponse } from 'node:http';
import type { RunState } from '../report/page/page-data.ts';
import { HEADERS, NO_PAGE_POLICY } from './headers.ts';
import { refuse } from './refuse.ts';
import type { RowLog } from './row-log.ts';
import { Viewer } from './viewer.ts';

/** Viewers at a time. */
const MOST = 16;

/** All viewers of a run. */
export class Viewers {
  readonly #rows: RowLog;
  readonly #stateFor: (ending: RunState['ending']) => object;
  readonly #viewers = new Set<Viewer>();
  /** Once it has ended. */
  #ending: RunState['ending'] | undefined;

  constructor(rows: RowLog, stateFor: (ending: RunState['ending']) => object) {
    this.#rows = rows;
    this.#stateFor = stateFor;
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
      // The connection ends with the events, so it does not keep the process alive.
      connection: 'close',
    });
    if (method === 'HEAD') {
      response.end();
      return;
    }
    const rows = this.#rows;
    const viewer = new Viewer(response, rows, positionOf(headers['last-event-id'], rows.length));
    this.#viewers.add(viewer);
    response.once('close', () => this.#viewers.delete(viewer));
    const state = JSON.stringify(this.#stateFor(this.#ending ?? 'running'));
    if (this.#ending === undefined) viewer.tell(state);
    else viewer.end(state);
  }

  /** Sends the rows that have ended. @param withState whether the state of the run is sent too */
  tell(withState: boolean): void {
    if (!this.any) return;
    const state = withState ? JSON.stringify(this.#stateFor('running')) : undefined;
    for (const viewer of this.#viewers) viewer.tell(state);
  }

  /** Sends how the run has ended, and ends all responses. */
  end(ending: RunState['ending']): void {
    this.#ending = ending;
    if (!this.any) return;
    const state = JSON.stringify(this.#stateFor(ending));
    for (const viewer of this.#viewers) viewer.end(state);
  }
}

/** The rows that a viewer had when its connection was lost; 0 for a new viewer. */
function positionOf(lastEventId: string | string[] | undefined, rows: number): number {
  const position = /^\d{1,15}$/.test(String(lastEventId)) ? Number(lastEventId) : 0;
  return position <= rows ? position : 0;
}
