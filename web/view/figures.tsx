import { formatBytes, formatCount, formatTime } from '../../src/report/amounts.ts';
import type { RunState } from '../../src/report/page/page-data.ts';
import { formatDuration } from '../model/durations.ts';
import type { Percentiles } from '../model/latency.ts';
import { peakOf } from '../model/rates.ts';
import { ended } from '../model/totals.ts';

interface Props {
  readonly state: RunState;
  readonly latency: Percentiles | undefined;
}

/** The numbers that one asks for first. */
export function Figures({ state, latency }: Props) {
  const { elapsed, bytes, series, now } = state;
  const seconds = Math.max(elapsed, 1) / 1000;
  const inFlight = peakOf(series.inFlight);
  const allowed = series.allowed.findLast((value) => value !== null);
  return (
    <dl class="figures">
      <Figure
        name="Time"
        value={formatTime(elapsed)}
        more={
          now?.remaining === undefined
            ? formatStart(state.startedAt)
            : `about ${formatTime(now.remaining)} left`
        }
      />
      <Figure
        name="Files a second"
        value={rate(ended(state.totals) / seconds)}
        more="on average, skipped ones too"
      />
      {now === undefined ? (
        <Figure
          name="Bytes"
          value={formatBytes(bytes)}
          more={`${formatBytes(bytes / seconds)}/s on average`}
        />
      ) : (
        <Figure
          name="Bytes so far"
          value={formatBytes(now.received)}
          more={`${formatBytes(now.speed)}/s now`}
        />
      )}
      <Figure
        name="Files under way"
        value={inFlight === undefined ? '-' : `up to ${formatCount(Math.round(inFlight.value))}`}
        more={
          allowed == null
            ? ''
            : `${formatCount(allowed)} requests allowed ${now === undefined ? 'in the end' : 'now'}`
        }
      />
      <Figure
        name="First byte"
        value={latency === undefined ? '-' : `${formatDuration(latency.p50)} median`}
        more={
          latency === undefined
            ? 'nothing was answered'
            : `p95 ${formatDuration(latency.p95)}, p99 ${formatDuration(latency.p99)}`
        }
      />
    </dl>
  );
}

/** A number, and what is to be known about it. */
export function Figure({ name, value, more }: { name: string; value: string; more: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <span class="value">{value}</span>
        <span class="more">{more.replaceAll(' ms', '\u00a0ms')}</span>
      </dd>
    </div>
  );
}

/** `3.4`, `1,200` */
export function rate(perSecond: number): string {
  return perSecond < 10 ? perSecond.toFixed(1) : formatCount(Math.round(perSecond));
}

function formatStart(at: number): string {
  return `since ${new Date(at).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' })}`;
}
