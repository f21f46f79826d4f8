import { printable } from '../../src/model/safe-text.ts';
import { formatCount } from '../../src/report/amounts.ts';
import { formatDuration } from '../model/durations.ts';
import { PHASE_LABELS, PHASES, phasesOf } from '../model/phases.ts';
import type { Rows } from '../model/row-store.ts';
import type { WaterfallLine } from '../model/waterfall-lines.ts';
import type { WaterfallOrder } from '../model/waterfall-order.ts';
import { StatusMark } from './status-mark.tsx';

interface Props {
  readonly rows: Rows;
  readonly order: WaterfallOrder;
  /** What is pointed at, if anything. */
  readonly line: WaterfallLine | undefined;
}

/** What the colours mean, and of the line that is pointed at, how long each phase took. */
export function WaterfallLegend({ rows, order, line }: Props) {
  const place = line === undefined ? undefined : order.places[line.at];
  const phases = place === undefined ? [] : phasesOf(rows, place);
  return (
    <div class="waterfall-legend">
      <ul>
        {PHASES.map((name) => {
          const phase = phases.find((one) => one.name === name);
          return (
            <li key={name} data-phase={name}>
              <span class="swatch" aria-hidden="true" />
              {PHASE_LABELS[name]}{' '}
              <span class="value">
                {phase === undefined ? '' : formatDuration(phase.to - phase.from)}
              </span>
            </li>
          );
        })}
      </ul>
      <p class="pointed-at" aria-hidden="true">
        {place === undefined || line === undefined ? (
          <span class="hint">
            <span class="for-mouse">Point at a line to read about its file; click for more.</span>
            <span class="for-touch">Tap a line to read about its file.</span>
          </span>
        ) : (
          <>
            <StatusMark
              status={rows.status[place] ?? 'failed'}
              label={rows.reason[place] || undefined}
            />
            {line.rows > 1 && (
              <span class="behind">
                one of {formatCount(line.rows)} files
                {line.notDone > 0 && `, ${formatCount(line.notDone)} missing`}
              </span>
            )}
            <code>{printable(rows.url[place] ?? '')}</code>
          </>
        )}
      </p>
    </div>
  );
}
