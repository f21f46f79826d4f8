import type { StyleLine } from '../model/style-lines.ts';
import type { Palette } from './palette.ts';
import { prepareCanvas } from './prepare-canvas.ts';
import { AXIS_HEIGHT, drawTimeAxis, scaleOf } from './time-axis.ts';

/** Draws the requests of one style of `compare`, on a time axis that it has in common with others. */
export function drawStyle(
  canvas: HTMLCanvasElement,
  size: { readonly width: number; readonly height: number },
  picture: {
    readonly lines: readonly StyleLine[];
    /** How long the axis is, in ms. */
    readonly until: number;
    readonly palette: Palette;
  },
): void {
  const context = prepareCanvas(canvas, size.width, size.height);
  if (context === undefined) return;
  const { lines, until, palette } = picture;
  drawTimeAxis(context, { from: 0, to: until }, size, palette);
  const x = scaleOf(0, until, size.width);
  const pitch = (size.height - AXIS_HEIGHT) / Math.max(lines.length, 1);
  const gap = pitch >= 3 ? 0.6 : 0;
  lines.forEach(({ times: { began, answered, saved }, from, to }, line) => {
    if (from > until) return;
    const y = AXIS_HEIGHT + line * pitch;
    const bar = (from: number, to: number, color: string, part: number) => {
      const height = (pitch - gap) * part;
      context.fillStyle = color;
      context.fillRect(
        x(from),
        y + (pitch - gap - height) / 2,
        Math.max(x(to) - x(from), 1),
        height,
      );
    };
    bar(from, to, palette.rule, 1);
    bar(began, answered, palette.phase.wait, 0.7);
    bar(answered, saved, palette.phase.body, 1);
  });
}
