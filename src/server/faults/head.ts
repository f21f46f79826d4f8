import { STATUS_CODES } from 'node:http';

/** A response head for {@link FaultyExchange.sendRaw}. Unlike Node, it checks nothing. */
export function headOf(
  status: number,
  headers: Readonly<Record<string, string>>,
  reason = STATUS_CODES[status] ?? '',
): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${reason}\r\n${lines.join('')}\r\n`;
}
