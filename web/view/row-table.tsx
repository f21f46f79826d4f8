import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { formatCount } from '../../src/report/amounts.ts';
import type { Rows } from '../model/row-store.ts';
import { type Sorting, type SortKey, sortRows } from '../model/sort-rows.ts';
import { RowLine } from './row-line.tsx';
import { useMedia } from './use-media.ts';

interface Props {
  readonly rows: Rows;
  /** The rows that the filter leaves. */
  readonly places: Uint32Array;
  readonly selected: number | undefined;
  select(place: number): void;
}

interface Column {
  readonly label: string;
  readonly name: string;
  readonly sort?: SortKey;
}

const COLUMNS: readonly Column[] = [
  { label: 'Row', name: 'index', sort: 'index' },
  { label: 'Outcome', name: 'outcome', sort: 'status' },
  { label: 'URL', name: 'url' },
  { label: 'HTTP', name: 'http' },
  { label: 'Size', name: 'bytes', sort: 'bytes' },
  { label: 'Tries', name: 'attempts', sort: 'attempts' },
  { label: 'Time', name: 'time', sort: 'time' },
];

/** Rows drawn beyond the visible ones at either end, so that scrolling shows no gap. */
const SPARE = 10;
/** In px. */
const VIEWPORT = 480;

/**
 * The rows as a table. Only those in sight are elements of the page: 100,000 would take it seconds.
 * `aria-rowcount` and `aria-rowindex` say what the others are.
 */
export function RowTable({ rows, places, selected, select }: Props) {
  const [sorting, setSorting] = useState<Sorting>({ key: 'index', descending: false });
  const [top, setTop] = useState(0);
  const [active, setActive] = useState(0);
  const [hasFocus, setHasFocus] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const height = useMedia('(max-width: 640px)') ? 58 : 31;

  const sorted = useMemo(() => sortRows(rows, places, sorting), [rows, places, sorting]);
  const count = sorted.length;
  const at = Math.min(active, Math.max(count - 1, 0));
  const first = Math.max(0, Math.floor(top / height) - SPARE);
  const last = Math.min(count, Math.ceil((top + VIEWPORT) / height) + SPARE);

  // Fewer rows than before: the browser scrolls by itself, but says so only later.
  useEffect(() => {
    if (box.current !== null) setTop(box.current.scrollTop);
  }, [count, height]);

  const goTo = (row: number) => {
    const next = Math.min(Math.max(row, 0), count - 1);
    setActive(next);
    const element = box.current;
    if (element === null) return;
    const room = element.clientHeight - HEAD;
    const y = next * height;
    if (y < element.scrollTop) element.scrollTop = y;
    if (y + height > element.scrollTop + room) element.scrollTop = y + height - room;
  };
  const page = Math.floor(VIEWPORT / height) - 1;
  const onKeyDown = (event: KeyboardEvent) => {
    // Keys of the buttons in the head are theirs.
    if (event.target !== event.currentTarget) return;
    const actions: Record<string, () => void> = {
      ArrowDown: () => goTo(at + 1),
      ArrowUp: () => goTo(at - 1),
      PageDown: () => goTo(at + page),
      PageUp: () => goTo(at - page),
      Home: () => goTo(0),
      End: () => goTo(count - 1),
      Enter: () => count > 0 && select(sorted[at] ?? 0),
    };
    const action = actions[event.key];
    if (action === undefined) return;
    event.preventDefault();
    action();
  };

  return (
    <div
      class="row-table"
      ref={box}
      onScroll={({ currentTarget }) => setTop(currentTarget.scrollTop)}
    >
      <table
        // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: one walks through it by keys
        role="grid"
        tabIndex={0}
        aria-labelledby="rows-title"
        aria-rowcount={count + 1}
        aria-activedescendant={hasFocus && count > 0 ? `row-${sorted[at]}` : undefined}
        onKeyDown={onKeyDown}
        onFocus={() => setHasFocus(true)}
        onBlur={() => setHasFocus(false)}
      >
        <thead>
          <tr aria-rowindex={1}>
            {COLUMNS.map((column) => (
              <Head key={column.name} column={column} sorting={sorting} sort={setSorting} />
            ))}
          </tr>
        </thead>
        <tbody style={{ height: `${count * height}px` }}>
          {Array.from(sorted.subarray(first, last), (place, i) => (
            <RowLine
              key={place}
              rows={rows}
              place={place}
              number={first + i}
              top={(first + i) * height}
              isActive={hasFocus && first + i === at}
              isSelected={place === selected}
              select={() => {
                setActive(first + i);
                select(place);
              }}
            />
          ))}
        </tbody>
      </table>
      {count === 0 && <p class="none">No file passes the filter.</p>}
      <p class="unseen">{formatCount(count)} files</p>
    </div>
  );
}

/** How high the head of the table is, in px. */
const HEAD = 30;

interface HeadProps {
  readonly column: Column;
  readonly sorting: Sorting;
  sort(sorting: Sorting): void;
}

function Head({ column: { label, name, sort: key }, sorting, sort }: HeadProps) {
  if (key === undefined) {
    return (
      <th scope="col" class={name}>
        {label}
      </th>
    );
  }
  const isIt = sorting.key === key;
  const order = isIt ? (sorting.descending ? 'descending' : 'ascending') : undefined;
  // The largest, longest and worst are asked for first.
  const next = isIt ? !sorting.descending : key !== 'index';
  return (
    <th scope="col" class={name} aria-sort={order}>
      <button type="button" onClick={() => sort({ key, descending: next })}>
        {label}
        <span aria-hidden="true">{isIt ? (sorting.descending ? ' ↓' : ' ↑') : ''}</span>
      </button>
    </th>
  );
}
