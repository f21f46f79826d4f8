import { useEffect, useMemo, useState } from 'preact/hooks';
import type { RunState } from '../../src/report/page/page-data.ts';
import { listen, tokenOfPage } from '../live/connection.ts';
import { isPicture } from '../model/pictures.ts';
import { RowStore } from '../model/row-store.ts';
import { ConnectionBanner } from './connection-banner.tsx';
import { RunView } from './run-view.tsx';

/** A run under way, as its server tells it. */
export function LivePage() {
  const { state, rows, isThere, heardAt } = useRun();
  const token = useMemo(tokenOfPage, []);
  const srcOf = useMemo(
    () => (place: number) => {
      if (!isPicture(rows, place)) return undefined;
      return `file?token=${encodeURIComponent(token)}&index=${rows.index[place]}`;
    },
    [rows, token],
  );
  const banner = <ConnectionBanner isThere={isThere} heardAt={heardAt} state={state} />;
  if (state === undefined) {
    return (
      <main class="empty">
        <h1>flaghoist</h1>
        {banner}
        {isThere && <p>Waiting for the run to say how far it is…</p>}
      </main>
    );
  }
  return (
    <RunView kind="live" state={state} rows={rows} srcOf={srcOf}>
      {banner}
    </RunView>
  );
}

function useRun() {
  const [store] = useState(() => new RowStore());
  const [state, setState] = useState<RunState | undefined>();
  const [rows, setRows] = useState(store.rows);
  const [isThere, setThere] = useState(true);
  const [heardAt, setHeardAt] = useState(() => Date.now());
  useEffect(() => {
    const heard = () => setHeardAt(Date.now());
    return listen<RunState>(`events?token=${encodeURIComponent(tokenOfPage())}`, {
      state: (next) => {
        heard();
        setState(next);
      },
      rows: (from, columns) => {
        heard();
        store.put(from, columns);
        setRows(store.rows);
      },
      connection: setThere,
    });
  }, [store]);
  return { state, rows, isThere, heardAt };
}
