import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { formatCount } from '../../src/report/amounts.ts';
import { drawWaterfall } from '../draw/draw-waterfall.ts';
import { readPalette } from '../draw/palette.ts';
import { AXIS_HEIGHT } from '../draw/time-axis.ts';
import { isNotDone } from '../model/filter.ts';
import { rowSentence } from '../model/row-sentence.ts';
import type { Rows } from '../model/row-store.ts';
import { lineAt, type WaterfallLine, waterfallLines } from '../model/waterfall-lines.ts';
import type { WaterfallOrder } from '../model/waterfall-order.ts';
import {
  chooseTime,
  isWhole,
  panRows,
  panTime,
  reveal,
  wholeView,
  zoomRows,
  zoomTime,
} from '../model/waterfall-view.ts';
import { useMedia } from './use-media.ts';
import { useWaterfallView } from './use-waterfall-view.ts';
import { useWidth } from './use-width.ts';
import { WaterfallLegend } from './waterfall-legend.tsx';
import { useWaterfallPointer } from './waterfall-pointer.ts';
import { WaterfallTools } from './waterfall-tools.tsx';

interface Props {
  readonly rows: Rows;
  /** Of at least one row. */
  readonly order: WaterfallOrder;
  /** Another one for each filter. */
  readonly filterKey: unknown;
  readonly theme: string;
  select(place: number): void;
}

/** In px. */
const TALLEST = 440;
const TALLEST_ON_PHONE = 300;
const LEAST = 120;

/** The waterfall as it is drawn, and what can be done with it by mouse, fingers and keys. */
export function WaterfallChart({ rows, order, filterKey, theme, select }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const width = useWidth(box);
  const [view, change] = useWaterfallView(order, filterKey);
  const total = order.places.length;
  const tallest = useMedia('(max-width: 640px)') ? TALLEST_ON_PHONE : TALLEST;
  const height = Math.min(tallest, Math.max(total * 22, LEAST) + AXIS_HEIGHT);
  const drawn = useMemo(
    () =>
      waterfallLines(order, view, height - AXIS_HEIGHT, (place) => isNotDone(rows.status[place])),
    [order, view, height, rows],
  );
  const [hovered, setHovered] = useState<number | undefined>();
  const [focused, setFocused] = useState(0);
  const [hasFocus, setHasFocus] = useState(false);
  const [band, setBand] = useState<{ from: number; to: number } | undefined>();

  const lineOf = (y: number) => lineAt(drawn, y - AXIS_HEIGHT);
  const focusedRow = Math.min(focused, Math.max(total - 1, 0));
  const focusedLine = drawn.lines.find(
    ({ first, rows: behind }) => focusedRow >= first && focusedRow < first + behind,
  );
  const hoveredLine = hovered === undefined ? undefined : lineOf(hovered);
  const current = hoveredLine ?? (hasFocus && focusedLine ? { ...focusedLine } : undefined);

  const palette = useMemo(() => readPalette(), [theme]);
  useLayoutEffect(() => {
    if (canvas.current === null || width === 0) return;
    const picture = { rows, order, view, drawn, palette, current, band };
    drawWaterfall(canvas.current, { width, height }, picture);
  });

  const timeAt = (x: number) => view.from + (x / Math.max(width, 1)) * (view.to - view.from);
  useWaterfallPointer(box, {
    zoom: (factor, y) =>
      change((view) => zoomRows(order, view, factor, (y - AXIS_HEIGHT) / (height - AXIS_HEIGHT))),
    zoomTime: (factor) => change((view) => zoomTime(view, factor)),
    pan: (pixels) =>
      change((view) => panRows(order, view, (pixels / (height - AXIS_HEIGHT)) * view.count)),
    choosing: setBand,
    choose: (a, b) =>
      change((view) => chooseTime(order, view, timeAt(Math.min(a, b)), timeAt(Math.max(a, b)))),
    hover: setHovered,
    select: (y) => {
      const line = lineOf(y);
      if (line === undefined) return;
      setFocused(line.at);
      select(order.places[line.at] ?? 0);
    },
  });

  const focusOn = (row: number) => {
    const next = Math.min(Math.max(row, 0), total - 1);
    setFocused(next);
    setHovered(undefined);
    change((view) => reveal(order, view, next));
  };
  const zoomBy = (factor: number) =>
    change((view) =>
      zoomRows(order, view, factor, hasFocus ? (focusedRow - view.first) / view.count : 0.5),
    );
  const onKeyDown = (event: KeyboardEvent) => {
    const step = drawn.rowsPerLine;
    const actions: Record<string, () => void> = {
      ArrowDown: () => focusOn(nextRow(focusedLine, focusedRow, step)),
      ArrowUp: () => focusOn((focusedLine?.first ?? focusedRow) - step),
      PageDown: () => focusOn(focusedRow + Math.floor(view.count)),
      PageUp: () => focusOn(focusedRow - Math.floor(view.count)),
      Home: () => focusOn(0),
      End: () => focusOn(total - 1),
      ArrowLeft: () => change((view) => panTime(view, -0.2)),
      ArrowRight: () => change((view) => panTime(view, 0.2)),
      '<': () => change((view) => zoomTime(view, 1.5)),
      '>': () => change((view) => zoomTime(view, 1 / 1.5)),
      '+': () => zoomBy(0.5),
      '=': () => zoomBy(0.5),
      '-': () => zoomBy(2),
      '0': () => change(() => wholeView(order)),
      Enter: () => select(order.places[focusedLine?.at ?? focusedRow] ?? 0),
    };
    const action = event.ctrlKey || event.metaKey || event.altKey ? undefined : actions[event.key];
    if (action === undefined) return;
    event.preventDefault();
    action();
  };

  const place = order.places[focusedLine?.at ?? focusedRow] ?? 0;
  return (
    <div class="waterfall">
      <WaterfallTools
        view={view}
        total={total}
        without={order.without}
        rowsPerLine={drawn.rowsPerLine}
        isWhole={isWhole(order, view)}
        zoom={zoomBy}
        page={(direction) => change((view) => panRows(order, view, direction * view.count * 0.8))}
        reset={() => change(() => wholeView(order))}
      />
      {/* A slider: it has a value for each row, and says its text aloud. A range has only numbers. */}
      <div
        ref={box}
        class="waterfall-box"
        style={{ height: `${height}px` }}
        role="slider"
        tabIndex={0}
        aria-orientation="vertical"
        aria-label="Waterfall of the requests"
        aria-describedby="waterfall-help"
        aria-valuemin={1}
        aria-valuemax={total}
        aria-valuenow={focusedRow + 1}
        aria-valuetext={behind(focusedLine) + rowSentence(rows, place)}
        onKeyDown={onKeyDown}
        onFocus={() => setHasFocus(true)}
        onBlur={() => setHasFocus(false)}
        onDblClick={({ clientY, currentTarget }) => {
          const y = clientY - currentTarget.getBoundingClientRect().top - AXIS_HEIGHT;
          change((view) => zoomRows(order, view, 0.4, y / (height - AXIS_HEIGHT)));
        }}
      >
        <canvas ref={canvas} />
      </div>
      <WaterfallLegend rows={rows} order={order} line={current} />
    </div>
  );
}

function nextRow(line: WaterfallLine | undefined, row: number, step: number): number {
  return line === undefined ? row + step : line.first + line.rows;
}

function behind(line: WaterfallLine | undefined): string {
  return line === undefined || line.rows === 1 ? '' : `One of ${formatCount(line.rows)} files: `;
}
