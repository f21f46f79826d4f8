import { useState } from 'preact/hooks';
import type { HostTotals } from '../../src/model/row-group.ts';
import { printable } from '../../src/model/safe-text.ts';
import { formatBytes, formatCount } from '../../src/report/amounts.ts';
import type { RunState } from '../../src/report/page/page-data.ts';
import { type Filter, NO_FILTER, NOT_DONE } from '../model/filter.ts';

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
      <div class="scroll-x">
        <table class="hosts" aria-labelledby="hosts-title">
          <thead>
            <tr>
              <th scope="col">Host</th>
              <th scope="col" class="number">
                Missing
              </th>
              <th scope="col" class="wide">
                of its files
              </th>
              <th scope="col" class="number">
                Files
              </th>
              <th scope="col" class="number wide">
                Bytes
              </th>
            </tr>
          </thead>
          <tbody>
            {seen.map((host) => (
              <HostLine key={host.host} host={host} show={show} />
            ))}
          </tbody>
        </table>
      </div>
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

interface LineProps extends Pick<Props, 'show'> {
  readonly host: HostTotals;
}

function HostLine({ host: { host, rows, notDone, bytes }, show }: LineProps) {
  return (
    <tr>
      <th scope="row">
        {host === '' ? (
          '(no URL)'
        ) : (
          <button type="button" class="link" onClick={() => show({ ...NO_FILTER, host })}>
            {printable(host)}
          </button>
        )}
      </th>
      <td class="number">
        {notDone === 0 ? (
          '0'
        ) : (
          <button
            type="button"
            class="link"
            onClick={() => show({ ...NO_FILTER, host, statuses: NOT_DONE })}
          >
            {formatCount(notDone)}
            <span class="unseen"> files of {host} that are not there: show them</span>
          </button>
        )}
      </td>
      <td class="wide">
        <span class="meter">
          {notDone > 0 && (
            <span data-status="failed" style={{ width: `${(notDone / rows) * 100}%` }} />
          )}
        </span>
        <span class="share">{percent(notDone, rows)}</span>
      </td>
      <td class="number">{formatCount(rows)}</td>
      <td class="number wide">{formatBytes(bytes)}</td>
    </tr>
  );
}

function percent(part: number, whole: number): string {
  if (part === 0 || whole === 0) return '0 %';
  const value = (part / whole) * 100;
  return value < 0.1 ? '< 0.1 %' : `${value.toFixed(value < 10 ? 1 : 0)} %`;
}
