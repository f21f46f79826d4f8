import { AdaptiveLimit, type AdaptiveLimitOptions } from '../../../src/schedule/adaptive-limit.ts';
import { BaselineErrorRate } from '../../../src/schedule/baseline-error-rate.ts';
import { LearnedRate } from '../../../src/schedule/learned-rate.ts';
import type { Control } from './simulate.ts';

/** What `-m auto` has for each origin. */
export function learning({ max, now }: Pick<AdaptiveLimitOptions, 'max' | 'now'>): Control {
  const baseline = new BaselineErrorRate();
  return {
    limit: new AdaptiveLimit({ max, now, baseline }),
    paces: [new LearnedRate({ now, baseline })],
  };
}
