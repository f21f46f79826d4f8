import { STATUSES, type Status } from '../../src/model/outcome.ts';
import { formatCount } from '../../src/report/amounts.ts';
import type { RunState } from '../../src/report/page/page-data.ts';
import { ended, left, sumOf } from '../model/totals.ts';
import { type Judged, verdictOf } from '../model/verdict.ts';
import { StatusMark } from './status-mark.tsx';

interface Props {
  readonly state: Judged & Pick<RunState, 'reasons'>;
  /** Shows the rows with a status. @default undefined there are none to show */
  readonly show?: ((status: Status) => void) | undefined;
}

/** What became of all files: in a sentence, as a bar, and as numbers that add up. */
export function Totals({ state, show }: Props) {
  const { totals, expected } = state;
  const all = ended(totals);
  const toGo = left(totals, expected);
  const whole = all + (toGo ?? 0);
  return (
    <section class="totals" id="totals" aria-labelledby="verdict">
      <h2 id="verdict">
        <Headline state={state} />
      </h2>
      <div class="totals-bar" aria-hidden="true">
        {STATUSES.filter((status) => totals[status] > 0).map((status) => (
          <span
            key={status}
            data-status={status}
            style={{ flexGrow: totals[status], minWidth: '3px' }}
          />
        ))}
        {toGo !== undefined && toGo > 0 && <span data-status="left" style={{ flexGrow: toGo }} />}
      </div>
      <ul class="totals-list">
        {STATUSES.map((status) => (
          <li key={status}>
            <Total status={status} rows={totals[status]} whole={whole} show={show} />
            <Why state={state} status={status} />
          </li>
        ))}
      </ul>
      <p class="sum">
        {sumOf(totals, formatCount)}
        {toGo !== undefined &&
          toGo > 0 &&
          `; ${formatCount(toGo)} of ${formatCount(whole)} ${state.ending === 'running' ? 'to go' : 'not tried'}`}
        {expected !== undefined && toGo === 0 && all === expected && ', all that there are'}
      </p>
    </section>
  );
}

interface TotalProps extends Pick<Props, 'show'> {
  readonly status: Status;
  readonly rows: number;
  readonly whole: number;
}

function Total({ status, rows, whole, show }: TotalProps) {
  const numbers = (
    <>
      <StatusMark status={status} />
      <strong data-total={status}>{formatCount(rows)}</strong>
      <span class="share">{share(rows, whole)}</span>
    </>
  );
  if (show === undefined) return <div data-empty={rows === 0}>{numbers}</div>;
  return (
    <button type="button" disabled={rows === 0} onClick={() => show(status)}>
      {numbers}
      <span class="unseen">files; show them</span>
    </button>
  );
}

function Headline({ state }: Pick<Props, 'state'>) {
  const { there, missing } = verdictOf(state);
  return (
    <>
      {there}
      {missing.map((text) => (
        <span key={text}>
          , <b class="not-done">{text}</b>
        </span>
      ))}
      .
    </>
  );
}

/** Why files did not have to be downloaded: no failure, so it is not among those below. */
function Why({ state, status }: Pick<Props, 'state'> & { readonly status: Status }) {
  if (status !== 'skipped') return null;
  const reasons = state.reasons.filter((reason) => reason.status === 'skipped');
  if (reasons.length === 0) return null;
  return (
    <span class="why">
      {reasons.map(({ reason, rows }) => `${reason} ${formatCount(rows)}`).join(', ')}
    </span>
  );
}

function share(rows: number, whole: number): string {
  if (rows === 0 || whole === 0) return '';
  const percent = (rows / whole) * 100;
  if (percent < 0.1) return '< 0.1 %';
  return `${percent > 99.9 && percent < 100 ? '99.9' : percent.toFixed(percent < 10 ? 1 : 0)} %`;
}
