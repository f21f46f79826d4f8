/** Slanted lines across a bar, which tell it from a plain one without its colour. */
export function hatch(
  context: CanvasRenderingContext2D,
  bar: {
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
  },
  color: string,
): void {
  if (bar.height < 5 || bar.width < 5) return;
  context.save();
  context.beginPath();
  context.rect(bar.x, bar.y, bar.width, bar.height);
  context.clip();
  context.strokeStyle = color;
  context.lineWidth = 1.5;
  context.beginPath();
  for (let x = bar.x - bar.height; x < bar.x + bar.width; x += 6) {
    context.moveTo(x, bar.y + bar.height);
    context.lineTo(x + bar.height, bar.y);
  }
  context.stroke();
  context.restore();
}
