import { useLayoutEffect } from 'preact/hooks';
import { PAGE_FIELDS, type PageFieldName } from '../../src/model/row-fields.ts';
import { printable } from '../../src/model/safe-text.ts';
import { formatBytes, formatCount } from '../../src/report/amounts.ts';
import { formatDuration } from '../model/durations.ts';
import { isWebUrl } from '../model/host-of.ts';
import { PHASE_LABELS, phasesOf } from '../model/phases.ts';
import type { Rows } from '../model/row-store.ts';
import { StatusMark } from './status-mark.tsx';

interface Props {
  readonly rows: Rows;
  readonly place: number;
  close(): void;
}

/** All there is to know about a row, at the foot of the window. */
export function RowDetails({ rows, place, close }: Props) {
  // Not after the next frame: a key may follow at once.
  useLayoutEffect(() => {
    const onKey = (event: KeyboardEvent) => event.key === 'Escape' && close();
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [close]);
  const url = rows.url[place] ?? '';
  const start = rows.start[place];
  const facts = [
    ...PAGE_FIELDS.map(({ page, name }) => [page, textOf(rows, place, name)] as const),
    ['Began', start == null ? 'no request in this run' : `${formatDuration(start)} into the run`],
  ] as const;
  return (
    <aside class="row-details" aria-labelledby="details-title">
      <div class="details-head">
        <h2 id="details-title">Row {formatCount((rows.index[place] ?? 0) + 1)}</h2>
        <StatusMark
          status={rows.status[place] ?? 'failed'}
          label={rows.reason[place] || undefined}
        />
        <button type="button" class="details-close" onClick={close} aria-label="Close the details">
          ✕
        </button>
      </div>
      <p class="url">{isWebUrl(url) ? <Link url={url} /> : printable(url)}</p>
      <dl>
        {facts
          .filter(([label, value]) => label !== '' && value !== '')
          .map(([label, value]) => (
            <div key={label}>
              <dt>{label}</dt>
              <dd>{printable(value)}</dd>
            </div>
          ))}
      </dl>
      <Phases rows={rows} place={place} />
    </aside>
  );
}

/** What the details say about a field; '' for nothing. */
function textOf(rows: Rows, place: number, name: PageFieldName): string {
  switch (name) {
    case 'bytes':
      return rows.path[place] === '' ? '' : formatBytes(rows.bytes[place] ?? 0);
    case 'httpStatus':
      return rows.httpStatus[place] === 0 ? 'no answer' : String(rows.httpStatus[place]);
    case 'attempts':
      return formatCount(rows.attempts[place] ?? 0);
    default:
      return String(rows[name][place] ?? '');
  }
}

function Link({ url }: { readonly url: string }) {
  return (
    <a href={url} target="_blank" rel="noopener noreferrer">
      {printable(url)}
    </a>
  );
}

/** The phases side by side, as long as they took. */
function Phases({ rows, place }: Pick<Props, 'rows' | 'place'>) {
  const phases = phasesOf(rows, place).filter(({ from, to }) => to > from);
  if (phases.length === 0) return null;
  const status = rows.status[place];
  return (
    <ol class="phases">
      {phases.map(({ name, from, to }) => (
        <li
          key={name}
          data-phase={name}
          data-status={name === 'failed' ? status : undefined}
          style={{ flexGrow: Math.sqrt(to - from) }}
        >
          <span class="swatch" aria-hidden="true" />
          {PHASE_LABELS[name]} <span class="value">{formatDuration(to - from)}</span>
        </li>
      ))}
    </ol>
  );
}
