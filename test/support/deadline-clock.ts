import type { TestContext } from 'node:test';

/** A clock for deadlines that the test turns forward. */
export interface DeadlineClock {
  readonly now: () => number;
  /** `ms` go by, and whoever waited for a deadline looks. */
  elapse(ms: number): void;
}

/** Takes the place of `setInterval`, until the test ends. */
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
