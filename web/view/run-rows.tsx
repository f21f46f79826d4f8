import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { formatCount } from '../../src/report/amounts.ts';
import type { RunState } from '../../src/report/page/page-data.ts';
import { facetsOf } from '../model/facets.ts';
import { type Filter, filterRows, isEmpty, isNotDone } from '../model/filter.ts';
import { isPicture, picturesAmong } from '../model/pictures.ts';
import type { Rows } from '../model/row-store.ts';
import { FilterBar } from './filter-bar.tsx';
import { Gallery } from './gallery.tsx';
import { Retry } from './retry.tsx';
import { RowDetails } from './row-details.tsx';
import { RowTable } from './row-table.tsx';
import { Waterfall } from './waterfall.tsx';

interface Props {
  readonly state: RunState;
  readonly rows: Rows;
  readonly filter: Filter;
  readonly theme: string;
  setFilter(filter: Filter): void;
  /** Where the picture of a row is. */
  srcOf(place: number): string | undefined;
}

/** The rows one by one: filtered, along the time, as a table, as pictures. */
export function RunRows({ state, rows, filter, theme, setFilter, srcOf }: Props) {
  const [selected, select] = useState<number | undefined>();
  const close = useRef(() => select(undefined)).current;
  const facets = useMemo(() => facetsOf(rows), [rows]);
  const places = useMemo(() => filterRows(rows, filter), [rows, filter]);
  const notDone = useMemo(
    () => places.reduce((count, place) => count + (isNotDone(rows.status[place]) ? 1 : 0), 0),
    [rows, places],
  );
  const pictures = useMemo(() => picturesAmong(rows, places, srcOf), [rows, places, srcOf]);
  const without = useMemo(() => {
    const isMissing = (place: number) => isPicture(rows, place) && srcOf(place) === undefined;
    return places.reduce((count, place) => count + (isMissing(place) ? 1 : 0), 0);
  }, [rows, places, srcOf]);
  return (
    <>
      <section id="rows" aria-labelledby="rows-heading" tabIndex={-1}>
        <h2 id="rows-heading">File by file</h2>
        <FilterBar filter={filter} facets={facets} change={setFilter} />
        <Count found={places.length} all={rows.length} filter={filter} />
        {state.leftOut !== undefined && (
          <p class="left-out">
            {formatCount(state.leftOut.rows)} more files are counted above but not here:{' '}
            {state.leftOut.which}
          </p>
        )}
        <Retry state={state} filter={filter} rows={notDone} />
        <h3 id="waterfall">Waterfall</h3>
        <Waterfall rows={rows} places={places} filterKey={filter} theme={theme} select={select} />
        <h3 id="rows-title">Table</h3>
        <RowTable rows={rows} places={places} selected={selected} select={select} />
      </section>
      {pictures.length + without > 0 && <Gallery pictures={pictures} without={without} />}
      {selected !== undefined && selected < rows.length && (
        <RowDetails rows={rows} place={selected} close={close} />
      )}
    </>
  );
}

/** The pause in typing after which the count is read aloud, in ms. */
const CALM = 700;

interface CountProps {
  readonly found: number;
  readonly all: number;
  readonly filter: Filter;
}

/** How many rows are left: to be seen at once, to be heard when the filter has come to rest. */
function Count({ found, all, filter }: CountProps) {
  const text = isEmpty(filter)
    ? `All ${formatCount(all)} files`
    : `${formatCount(found)} of ${formatCount(all)} files`;
  const [said, setSaid] = useState('');
  const latest = useRef(text);
  latest.current = text;
  useEffect(() => {
    // Not when rows come: a run would be talking all the time.
    const timer = setTimeout(() => setSaid(isEmpty(filter) ? '' : latest.current), CALM);
    return () => clearTimeout(timer);
  }, [filter]);
  return (
    <>
      <p class="found" aria-hidden="true">
        {text}
      </p>
      <output class="unseen">{said}</output>
    </>
  );
}
