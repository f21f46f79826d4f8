/** Round times between two others, at most so many, in ms. */
export function timeTicks(from: number, to: number, most: number): number[] {
  const step = roundStep((to - from) / Math.max(most, 1));
  const ticks: number[] = [];
  // Plus 0 turns −0 into 0.
  for (let i = Math.ceil(from / step); i * step <= to; i++) ticks.push(i * step + 0);
  return ticks;
}

/** In ms: seconds and up are of the clock, not of the decimal system. */
const SHORT = [10, 20, 50, 100, 200, 500];
const STEPS = [1, 2, 5, 10, 15, 30].flatMap((step) => [step * 1000, step * 60_000]);
const HOURS = [1, 2, 3, 6, 12, 24, 48, 120, 240, 720, 2160, 8760].map((hours) => hours * 3_600_000);
export const CLOCK_STEPS = [...SHORT, ...STEPS, ...HOURS].sort((a, b) => a - b);

function roundStep(least: number): number {
  if (least > 500) return CLOCK_STEPS.find((step) => step >= least) ?? least;
  const power = 10 ** Math.floor(Math.log10(Math.max(least, 1e-3)));
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= least) ?? power * 10;
}

/** A time on an axis: `250 ms`, `1.5 s`, `2:05`, `1:02:05`. */
export function tickLabel(ms: number, step: number): string {
  if (ms === 0) return '0';
  const sign = ms < 0 ? '−' : '';
  const time = Math.abs(ms);
  if (step < 1000 && time < 1000) return `${sign}${trimmed(time, step < 1 ? 2 : 0)} ms`;
  if (time < 60_000) return `${sign}${trimmed(time / 1000, decimals(step))} s`;
  const seconds = Math.floor(time / 1000);
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const [hours = 0, minutes = 0, rest = 0] = parts;
  const two = (part: number) => String(part).padStart(2, '0');
  const fraction = step < 1000 ? ((time % 1000) / 1000).toFixed(decimals(step)).slice(1) : '';
  const clock = hours > 0 ? `${hours}:${two(minutes)}` : String(minutes);
  return `${sign}${clock}:${two(rest)}${fraction}`;
}

function decimals(step: number): number {
  return step >= 1000 ? 0 : Math.max(0, Math.ceil(-Math.log10(step / 1000) - 1e-9));
}

function trimmed(value: number, digits: number): string {
  return String(Number(value.toFixed(digits)));
}
