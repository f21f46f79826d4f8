import type { Comparison } from '../comparison.ts';
import type { ComparePage } from './page-data.ts';

/** What `flaghoist compare` measured, for the page. */
export function comparePage({ requests, delay, styles }: Comparison): ComparePage {
  return {
    kind: 'compare',
    requests,
    delay,
    styles: styles.map(({ style, asked, most, elapsed, cpu, memory, refusal, times }) => {
      return { style, asked, most, elapsed, cpu, memory, refusal, times };
    }),
  };
}
