const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];

/** 1,234,567 as `1.2 MB`. Bytes a second may come with a fraction. */
export function formatBytes(bytes: number): string {
  let value = Math.round(bytes);
  let unit = 0;
  // At 999.95 the rounded number would have four digits before the point.
  while (value >= 999.95 && unit < UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${UNITS[unit]}`;
}

/** 83,400 ms as `1m 23s`, 4,210 ms as `4.2 s`. */
export function formatTime(ms: number): string {
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  if (hours > 0) return `${hours}h ${minutes}m`;
  return `${minutes}m ${seconds % 60}s`;
}

/** 1234567 as `1,234,567`. */
export function formatCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `1 file`, `1,234 files`. */
export function counted(count: number, thing: string): string {
  return `${formatCount(count)} ${thing}${count === 1 ? '' : 's'}`;
}

/** 83,000 ms as `1:23`, an hour more as `1:01:23`; from a day on as `2d 3h`. */
export function formatClock(ms: number): string {
  const seconds = Math.round(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  if (hours >= 24) return `${Math.floor(hours / 24)}d ${hours % 24}h`;
  const parts = [hours, minutes % 60, seconds % 60];
  if (parts[0] === 0) parts.shift();
  return parts.map((part, i) => (i === 0 ? part : String(part).padStart(2, '0'))).join(':');
}

/** A share from 0 to 1 as `45%`. It is 100% only when nothing is missing. */
export function formatShare(share: number): string {
  return `${Math.floor(share * 100)}%`;
}

/** A share from 0 to 1 as a bar of so many characters: `███░░░`. */
export function bar(share: number, length: number): string {
  const full = Math.floor(Math.min(share, 1) * length);
  return '█'.repeat(full) + '░'.repeat(length - full);
}
