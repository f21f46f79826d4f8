import type { Rows } from './row-store.ts';

export interface Percentiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  /** Of how many rows. */
  readonly rows: number;
}

/** From sent to first byte, of the rows that were answered, in ms; undefined when none was. */
export function latencyOf(rows: Rows): Percentiles | undefined {
  const all = new Float64Array(rows.length);
  let count = 0;
  for (let i = 0; i < rows.length; i++) {
    const sent = rows.sent[i];
    const firstByte = rows.firstByte[i];
    if (sent != null && firstByte != null) all[count++] = firstByte - sent;
  }
  if (count === 0) return undefined;
  const sorted = all.subarray(0, count).sort();
  // The nearest rank: the latency of a real request.
  const at = (part: number) => sorted[Math.ceil(part * count) - 1] ?? 0;
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), rows: count };
}
