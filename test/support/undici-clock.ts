import { createRequire } from 'node:module';

/** undici's own clock for timeouts over a second, which it turns forward by hand in its own tests. */
const timers: { tick: (ms: number) => void } = createRequire(import.meta.url)(
  'undici/lib/util/timers.js',
);

/** For undici, `ms` have gone by. */
export function elapse(ms: number): void {
  // A timer set since the last turn of the clock counts from the next one.
  timers.tick(0);
  timers.tick(ms);
}
