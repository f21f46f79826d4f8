import { defineFault } from '../fault.ts';
import { choice } from '../fault-option.ts';

/** Hostile values of the header. They are sent as raw bytes, since Node refuses some of them. */
const HEADERS = {
  traversal: 'attachment; filename="../../escaped.txt"',
  absolute: 'attachment; filename="/tmp/escaped.txt"',
  backslash: 'attachment; filename="..\\..\\escaped.txt"',
  encoded: "attachment; filename*=UTF-8''%2e%2e%2fescaped.txt",
  drive: 'attachment; filename="C:\\escaped.txt"',
  reserved: 'attachment; filename="CON.gif"',
  hidden: 'attachment; filename=".bashrc"',
  dots: 'attachment; filename=".."',
  null: "attachment; filename*=UTF-8''name%00.gif",
  control: "attachment; filename*=UTF-8''%1b%5b31mred%07.gif",
  bidi: "attachment; filename*=UTF-8''%e2%80%aegpj.exe",
  long: `attachment; filename="${'x'.repeat(5_000)}.gif"`,
  empty: 'attachment; filename=""',
  garbage: "attachment; filename*=UTF-9''%zz; filename=\"unclosed",
  raw: 'attachment; filename="\xe9\xff.gif"',
} as const;

const [first, ...more] = Object.keys(HEADERS) as [
  keyof typeof HEADERS,
  ...(keyof typeof HEADERS)[],
];

/** A downloader that takes file names from servers has to reject or sanitise these. */
export const contentDisposition = defineFault({
  name: 'content-disposition',
  summary: 'the name that Content-Disposition suggests means harm',
  options: { name: choice(first, ...more) },
  behave: ({ name }) => ({
    at: 'request',
    answer(exchange) {
      const { status, headers, body } = exchange.honest;
      const hostile = { ...headers, 'content-disposition': HEADERS[name], connection: 'close' };
      exchange.sendUnchecked({ status, headers: hostile, body });
    },
  }),
});
