import {
  AdaptiveLimit,
  type AdaptiveLimitOptions,
} from '../../../src/schedule/limits/adaptive-limit.ts';
import { BaselineErrorRate } from '../../../src/schedule/limits/baseline-error-rate.ts';
import { LearnedRate } from '../../../src/schedule/pace/learned-rate.ts';
import type { Control } from './client.ts';

/** The control that `-m auto` has for each origin. */
export function learning({ max, now }: Pick<AdaptiveLimitOptions, 'max' | 'now'>): Control {
  const baseline = new BaselineErrorRate();
  return {
    limit: new AdaptiveLimit({ max, now, baseline }),
    paces: [new LearnedRate({ now, baseline })],
  };
}
