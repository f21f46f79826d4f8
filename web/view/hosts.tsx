import { useState } from 'preact/hooks';
import type { HostTotals } from '../../src/model/row-group.ts';
import { printable } from '../../src/model/safe-text.ts';
import { formatBytes, formatCount } from '../../src/report/amounts.ts';
import type { RunState } from '../../src/report/page/page-data.ts';
import { type Filter, NO_FILTER, NOT_DONE } from '../model/filter.ts';
import { type Column, LineTable } from './line-table.tsx';

interface Props {
  readonly state: RunState;
  show(filter: Filter): void;
}

/** Hosts that are shown at first. */
const FEW = 8;

/** The hosts, those with the most failures first. */
export function Hosts({ state, show }: Props) {
  const [all, setAll] = useState(false);
  const hosts = state.hosts.toSorted((a, b) => b.notDone - a.notDone || b.rows - a.rows);
  const seen = all ? hosts : hosts.slice(0, FEW);
  if (hosts.length === 0) return null;
  return (
    <>
      <h3 id="hosts-title">By host</h3>
      <LineTable
        title="hosts-title"
        columns={columnsFor(show)}
        items={seen}
        keyOf={({ host }) => host}
      />
      {(hosts.length > FEW || state.otherHosts > 0) && (
        <p class="more-hosts">
          {hosts.length > FEW && (
            <button type="button" onClick={() => setAll(!all)}>
              {all ? `Show ${FEW} only` : `Show all ${formatCount(hosts.length)}`}
            </button>
          )}
          {state.otherHosts > 0 && (
            <span>
              and {formatCount(state.otherHosts)} other {state.otherHosts === 1 ? 'host' : 'hosts'}{' '}
              with fewer files
            </span>
          )}
        </p>
      )}
    </>
  );
}

/** @param show shows the rows of a host */
function columnsFor(show: Props['show']): [Column<HostTotals>, ...Column<HostTotals>[]] {
  return [
    { heading: 'Host', cell: ({ host }) => <HostName host={host} show={show} /> },
    { heading: 'Missing', class: 'number', cell: (host) => <Missing {...host} show={show} /> },
    { heading: 'of its files', class: 'wide', cell: (host) => <MissingShare {...host} /> },
    { heading: 'Files', class: 'number', cell: ({ rows }) => formatCount(rows) },
    { heading: 'Bytes', class: 'number wide', cell: ({ bytes }) => formatBytes(bytes) },
  ];
}

function HostName({ host, show }: Pick<HostTotals, 'host'> & Pick<Props, 'show'>) {
  if (host === '') return <>(no URL)</>;
  return (
    <button type="button" class="link" onClick={() => show({ ...NO_FILTER, host })}>
      {printable(host)}
    </button>
  );
}

function Missing({ host, notDone, show }: HostTotals & Pick<Props, 'show'>) {
  if (notDone === 0) return <>0</>;
  return (
    <button
      type="button"
      class="link"
      onClick={() => show({ ...NO_FILTER, host, statuses: NOT_DONE })}
    >
      {formatCount(notDone)}
      <span class="unseen"> files of {host} that are not there: show them</span>
    </button>
  );
}

function MissingShare({ rows, notDone }: HostTotals) {
  return (
    <>
      <span class="meter">
        {notDone > 0 && (
          <span data-status="failed" style={{ width: `${(notDone / rows) * 100}%` }} />
        )}
      </span>
      <span class="share">{percent(notDone, rows)}</span>
    </>
  );
}

function percent(part: number, whole: number): string {
  if (part === 0 || whole === 0) return '0 %';
  const value = (part / whole) * 100;
  return value < 0.1 ? '< 0.1 %' : `${value.toFixed(value < 10 ? 1 : 0)} %`;
}
