import { printable } from '../../src/model/safe-text.ts';
import { formatCount } from '../../src/report/amounts.ts';
import type { PageReason, RunState } from '../../src/report/page/page-data.ts';
import { type Filter, isNotDone, NO_FILTER } from '../model/filter.ts';
import { Hosts } from './hosts.tsx';
import { StatusMark } from './status-mark.tsx';

interface Props {
  readonly state: RunState;
  show(filter: Filter): void;
}

/** What did not make it, why, where, and what to do. */
export function Failures({ state, show }: Props) {
  return (
    <section id="failures" aria-labelledby="failures-title">
      <h2 id="failures-title">What did not make it</h2>
      <Reasons state={state} show={show} />
      <Hosts state={state} show={show} />
    </section>
  );
}

interface ReasonsProps {
  readonly state: Pick<RunState, 'reasons' | 'ending'>;
  /** Shows rows. @default undefined there are none to show */
  readonly show?: Props['show'] | undefined;
}

/** Why files are not there, and what to do. */
export function Reasons({ state, show }: ReasonsProps) {
  const reasons = state.reasons.filter(({ status }) => isNotDone(status));
  const most = Math.max(...reasons.map(({ rows }) => rows));
  if (reasons.length === 0) {
    const none = state.ending === 'running' ? 'Nothing so far.' : 'Nothing is missing.';
    return <p class="none">{none}</p>;
  }
  return (
    <ul class="reasons">
      {reasons.map((reason) => (
        <Reason
          key={`${reason.status} ${reason.reason}`}
          reason={reason}
          share={reason.rows / most}
          show={show}
        />
      ))}
    </ul>
  );
}

interface ReasonProps extends Pick<ReasonsProps, 'show'> {
  readonly reason: PageReason;
  /** Of the most frequent one. */
  readonly share: number;
}

function Reason({ reason, share, show }: ReasonProps) {
  const { status, rows, advice, example } = reason;
  const name = reason.reason ?? status;
  return (
    <li>
      <div class="reason-head">
        <h3>
          <StatusMark status={status} label={name} />
        </h3>
        <strong>{formatCount(rows)}</strong>
        <span class="meter" aria-hidden="true">
          <span data-status={status} style={{ width: `${share * 100}%` }} />
        </span>
        {advice !== undefined && <p class="advice">{advice}</p>}
        {show !== undefined && (
          <button
            type="button"
            onClick={() => show({ ...NO_FILTER, statuses: [status], reason: reason.reason ?? '' })}
          >
            Show {rows === 1 ? 'the file' : 'these files'}
            <span class="unseen"> with {name}</span>
          </button>
        )}
      </div>
      <p class="example">
        <span class="unseen">For example </span>
        <code>{printable(example.url)}</code>
        {example.message !== undefined && <span class="message">{printable(example.message)}</span>}
      </p>
    </li>
  );
}
