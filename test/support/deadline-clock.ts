import type { TestContext } from 'node:test';

/** A clock for deadlines that the test advances. */
export interface DeadlineClock {
  readonly now: () => number;
  /** Advances the clock by `ms`; deadlines that have passed take effect. */
  elapse(ms: number): void;
}

/** Mocks `setInterval` until the test ends. */
export function deadlineClock(t: TestContext): DeadlineClock {
  t.mock.timers.enable({ apis: ['setInterval'] });
  let time = 0;
  return {
    now: () => time,
    elapse(ms) {
      time += ms;
      t.mock.timers.tick(ms);
    },
  };
}
