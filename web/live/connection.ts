import type { RowColumns, RunState } from '../../src/report/page/page-data.ts';

/** What the page hears of a run, and whether it hears anything. */
export interface Listener<State> {
  state(state: State): void;
  /** Rows that are the `from`th and those after it, counted from 0; some may have come before. */
  rows?(from: number, columns: RowColumns): void;
  connection(isThere: boolean): void;
}

/** The token of the page's own URL, with which it asks for more. */
export function tokenOfPage(): string {
  return new URLSearchParams(location.search).get('token') ?? '';
}

/** How long to wait before another try when the browser has given up, in ms. */
const TRY_AGAIN = 2_000;

/**
 * Listens to the run until it has ended. A connection that is lost is made again, by the browser, which
 * says what came last, or by us, after an answer that it takes for final.
 *
 * @returns stops it
 */
export function listen<State extends Pick<RunState, 'ending'>>(
  url: string,
  listener: Listener<State>,
): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let source: EventSource;

  const open = () => {
    source = new EventSource(url);
    source.addEventListener('open', () => listener.connection(true));
    source.addEventListener('error', () => {
      listener.connection(false);
      if (source.readyState === EventSource.CLOSED) timer = setTimeout(open, TRY_AGAIN);
    });
    source.addEventListener('state', ({ data }: MessageEvent<string>) => {
      const state = JSON.parse(data) as State;
      // Nothing comes after that, and the server may go at once: it is no lost connection.
      if (state.ending !== 'running') source.close();
      listener.state(state);
    });
    source.addEventListener('rows', ({ data, lastEventId }: MessageEvent<string>) => {
      const columns = JSON.parse(data) as RowColumns;
      listener.rows?.(Number(lastEventId) - columns.index.length, columns);
    });
  };

  open();
  return () => {
    clearTimeout(timer);
    source.close();
  };
}
