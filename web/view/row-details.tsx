import { useEffect } from 'preact/hooks';
import { printable } from '../../src/model/safe-text.ts';
import { formatBytes, formatCount } from '../../src/report/amounts.ts';
import { formatDuration } from '../model/durations.ts';
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
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => event.key === 'Escape' && close();
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [close]);
  const url = rows.url[place] ?? '';
  const [path, message] = [rows.path[place] ?? '', rows.message[place] ?? ''];
  const httpStatus = rows.httpStatus[place] ?? 0;
  const start = rows.start[place];
  const facts: [string, string][] = [
    ['Message', message],
    ['File', path],
    ['Size', path === '' ? '' : formatBytes(rows.bytes[place] ?? 0)],
    ['HTTP', httpStatus === 0 ? 'no answer' : String(httpStatus)],
    ['Tries', formatCount(rows.attempts[place] ?? 0)],
    ['Began', start == null ? 'no request in this run' : `${formatDuration(start)} into the run`],
  ];
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
      <p class="url">{isWeb(url) ? <Link url={url} /> : printable(url)}</p>
      <dl>
        {facts
          .filter(([, value]) => value !== '')
          .map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{printable(value)}</dd>
            </div>
          ))}
      </dl>
      <Phases rows={rows} place={place} />
    </aside>
  );
}

/** Whatever a list says: only these are followed. */
function isWeb(url: string): boolean {
  return /^https?:\/\//i.test(url);
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
