import { printable } from '../../src/model/safe-text.ts';
import { formatBytes, formatCount } from '../../src/report/amounts.ts';
import { formatDuration } from '../model/durations.ts';
import type { Rows } from '../model/row-store.ts';
import { timeOf } from '../model/sort-rows.ts';
import { StatusMark } from './status-mark.tsx';
import { UrlText } from './url-text.tsx';

interface Props {
  readonly rows: Rows;
  readonly place: number;
  /** Its place in the table, from 0. */
  readonly number: number;
  /** In px. */
  readonly top: number;
  readonly isActive: boolean;
  readonly isSelected: boolean;
  select(): void;
}

/** A row of the table. */
export function RowLine({ rows, place, number, top, isActive, isSelected, select }: Props) {
  const status = rows.status[place] ?? 'failed';
  const time = timeOf(rows, place);
  const httpStatus = rows.httpStatus[place] ?? 0;
  const message = rows.message[place] ?? '';
  const url = printable(rows.url[place] ?? '');
  return (
    // The table has the focus, and Enter there does the same as a click here.
    <tr
      id={`row-${place}`}
      aria-rowindex={number + 2}
      aria-selected={isSelected}
      class={isActive ? 'active' : undefined}
      style={{ transform: `translateY(${top}px)` }}
      onClick={select}
    >
      <td class="index">{formatCount((rows.index[place] ?? 0) + 1)}</td>
      <td class="outcome">
        <StatusMark status={status} label={rows.reason[place] || undefined} />
      </td>
      <td class="url" title={url}>
        <UrlText url={url} />
        {message !== '' && <span class="message">{printable(message)}</span>}
      </td>
      <td class="http">{httpStatus === 0 ? '' : httpStatus}</td>
      <td class="bytes">{status === 'ok' ? formatBytes(rows.bytes[place] ?? 0) : ''}</td>
      <td class="attempts">{rows.attempts[place]}</td>
      <td class="time">{time === undefined ? '' : formatDuration(time)}</td>
    </tr>
  );
}
