import { tickLabel, timeTicks } from '../model/ticks.ts';
import type { Palette } from './palette.ts';

/** How high the axis is, in px. */
export const AXIS_HEIGHT = 24;

export const FONT = '11px system-ui, sans-serif';

/** A place on a time axis, in px. */
export type Scale = (time: number) => number;

export function scaleOf(from: number, to: number, width: number): Scale {
  const factor = width / (to - from || 1);
  return (time) => (time - from) * factor;
}

/** Draws the times above, and a line down from each. */
export function drawTimeAxis(
  context: CanvasRenderingContext2D,
  { from, to }: { readonly from: number; readonly to: number },
  { width, height }: { readonly width: number; readonly height: number },
  palette: Palette,
): void {
  const x = scaleOf(from, to, width);
  const ticks = timeTicks(from, to, Math.max(2, Math.floor(width / 90)));
  const step = (ticks[1] ?? 0) - (ticks[0] ?? 0);
  context.font = FONT;
  context.textBaseline = 'middle';
  context.textAlign = 'left';
  for (const tick of ticks) {
    const at = Math.round(x(tick)) + 0.5;
    context.strokeStyle = palette.rule;
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(at, 4);
    context.lineTo(at, height);
    context.stroke();
    context.fillStyle = palette.muted;
    const label = tickLabel(tick, step);
    if (at + 4 + context.measureText(label).width < width) {
      context.fillText(label, at + 4, AXIS_HEIGHT / 2);
    }
  }
}
