import { formatBytes, formatCount } from '../../src/report/amounts.ts';
import type { Series } from '../../src/report/page/page-data.ts';
import { formatDuration } from '../model/durations.ts';
import { secondsOf } from '../model/rates.ts';
import { tickLabel } from '../model/ticks.ts';

interface Props {
  readonly series: Series;
}

/** The charts for those who would rather read, or cannot see them. */
export function SeriesTable({ series }: Props) {
  const duration = (value: number | null | undefined) =>
    value == null ? '-' : formatDuration(value);
  const head = ['From', 'Ended', 'Not done', 'Bytes', 'Under way', 'Allowed', 'p50', 'p95', 'p99'];
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
    <section class="scroll-box" tabIndex={0} aria-label="Over time, as a table">
      <table>
        <thead>
          <tr>
            {head.map((name) => (
              <th key={name} scope="col" class="number">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {secondsOf(series).map((second, i) => (
            <tr key={second}>
              <th scope="row" class="number">
                {tickLabel(second * 1000, Math.min(series.interval, 1000))}
              </th>
              <td class="number">{formatCount(series.ended[i] ?? 0)}</td>
              <td class="number">{formatCount(series.notDone[i] ?? 0)}</td>
              <td class="number">{formatBytes(series.bytes[i] ?? 0)}</td>
              <td class="number">{(series.inFlight[i] ?? 0).toFixed(1)}</td>
              <td class="number">{series.allowed[i] ?? '-'}</td>
              <td class="number">{duration(series.p50[i])}</td>
              <td class="number">{duration(series.p95[i])}</td>
              <td class="number">{duration(series.p99[i])}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
