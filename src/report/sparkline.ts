const STEPS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/** Numbers from 0 up, a character each, as high as they are of the highest one: `▁▄█▆`. */
export function sparkline(values: readonly number[]): string {
  const highest = Math.max(...values, 0);
  const step = (value: number) => {
    if (highest === 0) return 0;
    return Math.min(STEPS.length - 1, Math.floor((value / highest) * STEPS.length));
  };
  return values.map((value) => STEPS[step(value)]).join('');
}
