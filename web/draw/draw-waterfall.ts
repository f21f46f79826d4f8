import { printable } from '../../src/model/safe-text.ts';
import { type Phase, phasesOf } from '../model/phases.ts';
import type { Rows } from '../model/row-store.ts';
import { shortUrl } from '../model/short-url.ts';
import type { WaterfallLine, WaterfallLines } from '../model/waterfall-lines.ts';
import type { WaterfallOrder } from '../model/waterfall-order.ts';
import type { WaterfallView } from '../model/waterfall-view.ts';
import { hatch } from './hatch.ts';
import type { Palette } from './palette.ts';
import { prepareCanvas } from './prepare-canvas.ts';
import { AXIS_HEIGHT, drawTimeAxis, FONT, type Scale, scaleOf } from './time-axis.ts';

export interface WaterfallPicture {
  readonly rows: Rows;
  readonly order: WaterfallOrder;
  readonly view: WaterfallView;
  readonly drawn: WaterfallLines;
  readonly palette: Palette;
  /** A line that is pointed at or has the focus. */
  readonly current?: WaterfallLine | undefined;
  /** A time that is being chosen, in px. */
  readonly band?: { readonly from: number; readonly to: number } | undefined;
}

/** How high the phases are, of a line: they can be told from each other without their colours. */
const HEIGHTS: Readonly<Record<Phase['name'], number>> = {
  queued: 0.16,
  tried: 0.3,
  connect: 0.5,
  wait: 0.5,
  body: 1,
  save: 0.5,
  failed: 1,
};

/** Lower lines have no room for a name, in px. */
const NAMED = 13;

export function drawWaterfall(
  canvas: HTMLCanvasElement,
  size: { readonly width: number; readonly height: number },
  picture: WaterfallPicture,
): void {
  const context = prepareCanvas(canvas, size.width, size.height);
  if (context === undefined) return;
  const { drawn, view, palette, current, band } = picture;
  drawTimeAxis(context, view, size, palette);
  context.save();
  context.beginPath();
  context.rect(0, AXIS_HEIGHT, size.width, size.height - AXIS_HEIGHT);
  context.clip();
  context.translate(0, AXIS_HEIGHT);
  if (current !== undefined) {
    context.fillStyle = palette.focus;
    context.globalAlpha = 0.16;
    context.fillRect(0, current.y, size.width, Math.max(drawn.pitch, 3));
    context.globalAlpha = 1;
  }
  const x = scaleOf(view.from, view.to, size.width);
  for (const line of drawn.lines) drawLine(context, line, x, size.width, picture);
  if (band !== undefined) {
    context.fillStyle = palette.focus;
    context.globalAlpha = 0.2;
    context.fillRect(Math.min(band.from, band.to), 0, Math.abs(band.to - band.from), size.height);
    context.globalAlpha = 1;
  }
  context.restore();
}

function drawLine(
  context: CanvasRenderingContext2D,
  line: WaterfallLine,
  x: Scale,
  width: number,
  { rows, order, drawn, palette }: WaterfallPicture,
): void {
  const place = order.places[line.at] ?? 0;
  const full = Math.max(drawn.pitch - (drawn.pitch >= 6 ? 2 : drawn.pitch >= 3 ? 1 : 0), 1);
  if (line.rows > 1) {
    // From the first beginning to the last end of all that the line stands for.
    context.fillStyle = palette.rule;
    context.fillRect(x(line.from), line.y, Math.max(x(line.to) - x(line.from), 1), full);
  }
  for (const phase of phasesOf(rows, place)) {
    const from = Math.max(x(phase.from), -2);
    const to = Math.min(x(phase.to), width + 2);
    if (to < 0 || from > width || phase.to <= phase.from) continue;
    const height = Math.max(full * HEIGHTS[phase.name], 1);
    const bar = { x: from, y: line.y + (full - height) / 2, width: Math.max(to - from, 1), height };
    const status = rows.status[place] ?? 'failed';
    context.fillStyle =
      phase.name === 'failed' ? palette.status[status] : palette.phase[phase.name];
    context.fillRect(bar.x, bar.y, bar.width, bar.height);
    if (phase.name === 'failed' || phase.name === 'tried') hatch(context, bar, palette.surface);
  }
  if (drawn.pitch >= NAMED) drawName(context, line, x, width, { rows, order, palette, full });
}

function drawName(
  context: CanvasRenderingContext2D,
  line: WaterfallLine,
  x: Scale,
  width: number,
  {
    rows,
    order,
    palette,
    full,
  }: Pick<WaterfallPicture, 'rows' | 'order' | 'palette'> & { full: number },
): void {
  const place = order.places[line.at] ?? 0;
  const reason = rows.reason[place];
  const name = printable(shortUrl(rows.url[place] ?? '', 48));
  const label = reason === '' || reason === undefined ? name : `${name}  ${reason}`;
  context.font = FONT;
  context.textBaseline = 'middle';
  const wide = context.measureText(label).width;
  const end = x(order.ends[line.at] ?? 0) + 6;
  const start = x(order.starts[line.at] ?? 0) - 6;
  const y = line.y + full / 2 + 0.5;
  context.fillStyle = palette.muted;
  if (end + wide < width) {
    context.textAlign = 'left';
    context.fillText(label, Math.max(end, 4), y);
  } else if (start - wide > 0) {
    context.textAlign = 'right';
    // Over the thin line of its waiting: that is not to go through the letters.
    context.save();
    context.fillStyle = palette.surface;
    context.fillRect(start - wide - 3, line.y, wide + 6, full);
    context.restore();
    context.fillText(label, Math.min(start, width - 4), y);
  }
}
