import type { ComponentChildren } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { RunState } from '../../src/report/page/page-data.ts';
import { ENDINGS } from '../model/ending.ts';
import { type Filter, NO_FILTER } from '../model/filter.ts';
import { latencyOf } from '../model/latency.ts';
import type { Rows } from '../model/row-store.ts';
import { liveTitle } from '../model/verdict.ts';
import { Failures } from './failures.tsx';
import { Figures } from './figures.tsx';
import { InFlight } from './in-flight.tsx';
import { Masthead } from './masthead.tsx';
import { OverTime } from './over-time.tsx';
import { RunRows } from './run-rows.tsx';
import { useTheme } from './theme.ts';
import { Totals } from './totals.tsx';

interface Props {
  readonly kind: string;
  readonly state: RunState;
  readonly rows: Rows;
  srcOf(place: number): string | undefined;
  /** The banner about the connection. */
  readonly children?: ComponentChildren;
}

const LINKS = [
  ['totals', 'Totals'],
  ['failures', 'Failures'],
  ['over-time', 'Over time'],
  ['rows', 'Filter'],
  ['waterfall', 'Waterfall'],
  ['rows-title', 'Table'],
] as const;

/** A run, over or under way. */
export function RunView({ kind, state, rows, srcOf, children }: Props) {
  const theme = useTheme();
  const [filter, setFilter] = useState<Filter>(NO_FILTER);
  const latency = useMemo(() => latencyOf(rows), [rows]);
  const hasPictures = useMemo(
    () => rows.path.some((_, i) => srcOf(i) !== undefined),
    [rows, srcOf],
  );
  const title = kind === 'live' ? liveTitle(state) : `${state.directory} – flaghoist`;
  useEffect(() => {
    document.title = title;
  }, [title]);
  const show = (next: Filter) => {
    setFilter(next);
    const target = document.getElementById('rows');
    target?.focus({ preventScroll: true });
    target?.scrollIntoView();
  };
  return (
    <>
      <Masthead
        kind={kind}
        title={state.directory}
        command={state.command}
        theme={theme}
        links={hasPictures ? [...LINKS, ['pictures', 'Pictures']] : LINKS}
      >
        <p class="ending" data-ending={state.ending}>
          {ENDINGS[state.ending]}
        </p>
      </Masthead>
      {children}
      <main>
        <Totals state={state} show={(status) => show({ ...NO_FILTER, statuses: [status] })} />
        <Figures state={state} latency={latency} />
        {state.now !== undefined && <InFlight now={state.now} />}
        <Failures state={state} show={show} />
        <OverTime series={state.series} elapsed={state.elapsed} theme={theme.seen} />
        <RunRows
          state={state}
          rows={rows}
          filter={filter}
          setFilter={setFilter}
          theme={theme.seen}
          srcOf={srcOf}
        />
      </main>
      <footer>Made by flaghoist. Nothing on this page is loaded from elsewhere.</footer>
    </>
  );
}
