import type { Unit } from '../results/result.ts';

/** A number with its unit, to three digits: `0.612 s`, `84.1 MB`, `10,000`, `0.98 ×`. */
export function formatAmount(value: number, unit: Unit): string {
  switch (unit) {
    case 'seconds':
      return `${formatNumber(value)} s`;
    case 'bytes':
      return formatBytes(value);
    case 'count':
      return formatNumber(value);
    case 'times':
      return `${formatNumber(value)} ×`;
  }
}

/** Three digits, but all digits before the point: `1,235`, `12.3`, `0.123`. */
export function formatNumber(value: number): string {
  const digits = Number.isInteger(value) ? 0 : decimals(Math.abs(value));
  return value.toLocaleString('en', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}

function decimals(size: number): number {
  if (size >= 100) return 0;
  if (size >= 10) return 1;
  return size >= 1 ? 2 : 3;
}

function formatBytes(bytes: number): string {
  if (Math.abs(bytes) >= 1e9) return `${formatNumber(bytes / 1e9)} GB`;
  if (Math.abs(bytes) >= 1e6) return `${formatNumber(bytes / 1e6)} MB`;
  if (Math.abs(bytes) >= 1e3) return `${formatNumber(bytes / 1e3)} kB`;
  return `${formatNumber(bytes)} B`;
}
