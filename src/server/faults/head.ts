import { STATUS_CODES } from 'node:http';

/** The head of a response as bytes, for one that Node would not send: nothing is checked. */
export function headOf(
  status: number,
  headers: Readonly<Record<string, string>>,
  reason = STATUS_CODES[status] ?? '',
): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${reason}\r\n${lines.join('')}\r\n`;
}
