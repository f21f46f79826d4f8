import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import { readColor } from '../draw/palette.ts';
import { FONT } from '../draw/time-axis.ts';
import { CLOCK_STEPS, tickLabel } from '../model/ticks.ts';
import { useMedia } from './use-media.ts';
import { useWidth } from './use-width.ts';

/** A line of a chart. */
export interface ChartSeries {
  readonly label: string;
  /** Of the style sheet. */
  readonly color: string;
  /** Told apart by it also where colours are not. */
  readonly look: 'area' | 'line' | 'dashed' | 'dotted' | 'steps';
  readonly values: readonly (number | null)[];
}

interface Props {
  readonly title: string;
  /** A description of the chart, in a sentence. */
  readonly summary: string;
  /** Where the intervals begin, and where the last one ends, in s since the run's start. */
  readonly seconds: readonly number[];
  readonly series: readonly ChartSeries[];
  format(value: number): string;
  /** Drawn anew when it changes. */
  readonly theme: string;
}

/** In px; on a phone the charts are below each other, and lower. */
const HEIGHT = 170;
const HEIGHT_ON_PHONE = 130;

/** Charts with the same key show the same moment when one points at it. */
const SYNC = uPlot.sync('run');

export function Chart({ title, summary, seconds, series, format, theme }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const [at, setAt] = useState<number | null>(null);
  const width = useWidth(box);
  const height = useMedia('(max-width: 640px)') ? HEIGHT_ON_PHONE : HEIGHT;
  const latest = useRef(format);
  latest.current = format;
  const length = (seconds[1] ?? 1) - (seconds[0] ?? 0);
  const shape = series.map((one) => `${one.label} ${isStepped(one)}`).join();

  // Made anew for another theme or other lines; for other numbers it only gets those.
  useLayoutEffect(() => {
    if (box.current === null || width === 0) return;
    const made = new uPlot(
      optionsOf(series, { width, height }, (value) => latest.current(value), setAt),
      dataOf(seconds, series),
      box.current,
    );
    plot.current = made;
    return () => made.destroy();
  }, [theme, shape, width === 0]);

  useEffect(() => plot.current?.setSize({ width: Math.max(width, 1), height }), [width, height]);
  useEffect(() => plot.current?.setData(dataOf(seconds, series)), [seconds, series]);

  return (
    <figure class="chart">
      <figcaption>
        <h3>{title}</h3>
        <p>{summary}</p>
      </figcaption>
      <ul class="chart-legend">
        {series.map(({ label, color, look, values }) => {
          const value = at === null ? null : values[Math.min(at, values.length - 1)];
          return (
            <li key={label}>
              <svg viewBox="0 0 22 8" aria-hidden="true" data-look={look} data-color={color}>
                <path d="M0 4h22" />
              </svg>
              {label} <span class="value">{value == null ? '' : format(value)}</span>
            </li>
          );
        })}
        <li class="moment">
          {at === null
            ? ''
            : tickLabel(Math.round((seconds[at] ?? 0) * 1000), Math.min(length * 1000, 1000))}
        </li>
      </ul>
      <div ref={box} class="chart-box" aria-hidden="true" />
    </figure>
  );
}

function dataOf(seconds: readonly number[], series: readonly ChartSeries[]): uPlot.AlignedData {
  // The last interval ends somewhere, too: its value once more, there.
  const columns = series.map(({ values }) => [...values, values.at(-1) ?? null]);
  return [seconds, ...columns] as unknown as uPlot.AlignedData;
}

function optionsOf(
  series: readonly ChartSeries[],
  size: { readonly width: number; readonly height: number },
  format: (value: number) => string,
  pointedAt: (at: number | null) => void,
): uPlot.Options {
  const axis: uPlot.Axis = {
    stroke: readColor('muted'),
    font: FONT,
    grid: { stroke: readColor('rule'), width: 1 },
    ticks: { show: false },
  };
  return {
    ...size,
    legend: { show: false },
    padding: [8, 8, 0, 0],
    cursor: {
      sync: { key: SYNC.key },
      drag: { setScale: false, x: false, y: false },
      points: { size: 6 },
    },
    hooks: { setCursor: [({ cursor }) => pointedAt(cursor.idx ?? null)] },
    scales: { x: { time: false }, y: { range: (_, __, most) => [0, most > 0 ? most * 1.08 : 1] } },
    axes: [
      {
        ...axis,
        size: 26,
        incrs: CLOCK,
        values: (_, ticks) => {
          const step = ((ticks[1] ?? 1) - (ticks[0] ?? 0)) * 1000;
          return ticks.map((tick) => tickLabel(tick * 1000, step));
        },
      },
      { ...axis, size: 62, values: (_, ticks) => ticks.map(format) },
    ],
    series: [{}, ...series.map((one) => seriesOf(one, readColor(one.color), isStepped(one)))],
  };
}

/** Steps of a time axis, in s. */
const CLOCK = CLOCK_STEPS.map((step) => step / 1000);

/** With fewer intervals than this, the line has steps. */
const FEW = 12;

function isStepped({ look, values }: ChartSeries): boolean {
  return look === 'steps' || values.length < FEW;
}

/** The places of values that have no value beside them. */
function lonely(values: ArrayLike<number | null | undefined>): number[] {
  return Array.from(values, (_, i) => i).filter(
    (i) => values[i] != null && values[i - 1] == null && values[i + 1] == null,
  );
}

function seriesOf({ label, look }: ChartSeries, color: string, steps: boolean): uPlot.Series {
  const dash = { dashed: [7, 4], dotted: [2, 4], steps: [7, 3], area: undefined, line: undefined };
  return {
    label,
    stroke: color,
    width: 1.75,
    // A point without neighbours has no line, and would not be seen.
    points: { size: 5, filter: (plot, at) => lonely(plot.data[at] ?? []) },
    ...(dash[look] === undefined ? {} : { dash: dash[look] }),
    ...(look === 'area' ? { fill: `color-mix(in srgb, ${color} 18%, transparent)` } : {}),
    ...(steps && uPlot.paths.stepped !== undefined
      ? { paths: uPlot.paths.stepped({ align: 1 }) }
      : {}),
    // A limit holds until the next one was noted.
    spanGaps: look === 'steps',
  };
}
