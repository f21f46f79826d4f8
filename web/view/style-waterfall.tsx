import { useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import { formatCount, formatTime } from '../../src/report/amounts.ts';
import type { ComparedStyle } from '../../src/report/comparison.ts';
import { drawStyle } from '../draw/draw-style.ts';
import { readPalette } from '../draw/palette.ts';
import { AXIS_HEIGHT } from '../draw/time-axis.ts';
import { styleLines } from '../model/style-lines.ts';
import { useWidth } from './use-width.ts';

interface Props {
  readonly style: ComparedStyle;
  /** Where the time axis ends, in ms. */
  readonly until: number;
  readonly theme: string;
}

/** In px. */
const TALLEST = 150;
const LINE = 12;

/** The requests of one style. */
export function StyleWaterfall({ style, until, theme }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const width = useWidth(box);
  const { lines, requestsPerLine } = useMemo(() => styleLines(style.times, TALLEST), [style]);
  const height = AXIS_HEIGHT + Math.min(TALLEST, Math.max(lines.length * LINE, 40));
  const palette = useMemo(() => readPalette(), [theme]);
  useLayoutEffect(() => {
    if (canvas.current === null || width === 0) return;
    drawStyle(canvas.current, { width, height }, { lines, until, palette });
  }, [lines, until, palette, width, height]);

  const later = style.times.filter(({ began }) => began > until).length;
  const atOnce = `${formatCount(style.most)} at once`;
  return (
    <figure class="style-waterfall">
      <figcaption>
        <h3>{style.style}</h3>
        <p>
          {atOnce}, {formatTime(style.elapsed)}
          {requestsPerLine > 1 &&
            `; one line stands for ${formatCount(requestsPerLine)} requests: it shows the last to be saved, on the time that all of them took`}
          {later > 0 && `; ${formatCount(later)} began later than this axis goes`}
        </p>
      </figcaption>
      <div
        ref={box}
        class="style-box"
        role="img"
        aria-label={`Waterfall of ${style.style}: ${formatCount(style.times.length)} requests, ${atOnce}, in ${formatTime(style.elapsed)}`}
        style={{ height: `${height}px` }}
      >
        <canvas ref={canvas} />
      </div>
    </figure>
  );
}
