import { AdaptiveLimit, type AdaptiveLimitOptions } from '../../../src/schedule/adaptive-limit.ts';
import { BackgroundRefusals } from '../../../src/schedule/background-refusals.ts';
import { LearnedRate } from '../../../src/schedule/learned-rate.ts';
import type { Control } from './simulate.ts';

/** What `-m auto` has for each origin. */
export function learning({ max, now }: Pick<AdaptiveLimitOptions, 'max' | 'now'>): Control {
  const background = new BackgroundRefusals();
  return {
    limit: new AdaptiveLimit({ max, now, background }),
    rate: new LearnedRate({ now, background }),
  };
}
