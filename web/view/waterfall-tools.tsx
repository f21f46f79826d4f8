import { formatCount } from '../../src/report/amounts.ts';
import { tickLabel } from '../model/ticks.ts';
import type { WaterfallView } from '../model/waterfall-view.ts';

interface Props {
  readonly view: WaterfallView;
  readonly total: number;
  readonly without: number;
  readonly rowsPerLine: number;
  readonly isWhole: boolean;
  zoom(factor: number): void;
  page(direction: 1 | -1): void;
  reset(): void;
}

/** Says what part of the waterfall is visible, with buttons to zoom and move. */
export function WaterfallTools(props: Props) {
  const { view, total, without, rowsPerLine, isWhole, zoom, page, reset } = props;
  const first = Math.floor(view.first) + 1;
  const last = Math.min(Math.ceil(view.first + view.count), total);
  return (
    <div class="waterfall-tools">
      <div class="buttons">
        <button type="button" aria-label="Zoom in" onClick={() => zoom(0.5)}>
          +
        </button>
        <button type="button" aria-label="Zoom out" disabled={isWhole} onClick={() => zoom(2)}>
          −
        </button>
        <button
          type="button"
          aria-label="Earlier files"
          disabled={first === 1}
          onClick={() => page(-1)}
        >
          ↑
        </button>
        <button
          type="button"
          aria-label="Later files"
          disabled={last >= total}
          onClick={() => page(1)}
        >
          ↓
        </button>
        <button type="button" disabled={isWhole} onClick={reset}>
          All
        </button>
      </div>
      <p class="seen">
        {isWhole ? (
          `${formatCount(total)} ${total === 1 ? 'file' : 'files'}`
        ) : (
          <>
            Files {formatCount(first)} to {formatCount(last)} of {formatCount(total)}
          </>
        )}
        , {timeSpan(view)}.{' '}
        {rowsPerLine > 1 && (
          <span class="sampled">
            One line stands for <b>{formatCount(rowsPerLine)} files</b>: it shows one that is
            missing, if any, or else the one that took longest, on the time that all of them took.
          </span>
        )}{' '}
        {without > 0 && (
          <span>
            {formatCount(without)} more {without === 1 ? 'file' : 'files'} had no request in this
            run.
          </span>
        )}
      </p>
      <p id="waterfall-help" class="help">
        <span class="for-mouse">
          Mouse: drag up or down to move, across to choose a time, Ctrl and wheel to zoom. Keys:
          arrows, + and −, &lt; and &gt; for the time, 0 for all, Enter for details.
        </span>
        <span class="for-touch">Two fingers zoom and move, a tap shows the details.</span>
      </p>
    </div>
  );
}

/** The visible time, without the margins at its ends. */
function timeSpan({ from, to }: WaterfallView): string {
  const step = (to - from) / 50;
  return `${tickLabel(Math.max(from, 0), step)} to ${tickLabel(to, step)}`;
}
