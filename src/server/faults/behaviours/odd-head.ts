import { defineFault } from '../fault.ts';
import { choice } from '../fault-option.ts';
import type { FaultyExchange } from '../faulty-exchange.ts';
import { headOf } from '../head.ts';

/** Heads that old and home-made servers send, and curl and browsers accept. */
export const oddHead = defineFault({
  name: 'odd-head',
  summary:
    'the head is not quite HTTP: folded lines, a length twice, bare LFs, spaces, controls, chunks and a length',
  options: { as: choice('folded', 'twice', 'bare-lf', 'spaced', 'controls', 'chunked') },
  behave: ({ as }) => ({
    at: 'request',
    answer(exchange) {
      const { status, headers, body } = exchange.honest;
      const { 'content-length': length = '', ...rest } = headers;
      const head = headOf(status, { ...rest, [MARK]: '' });
      exchange.sendRaw(HEADS[as](head, `content-length: ${length}\r\n`));
      if (as === 'chunked') sendChunked(exchange, body);
      else exchange.sendRaw(body);
    },
  }),
});

const MARK = 'x-length-here';

const at = (head: string, lines: string) => head.replace(`${MARK}: \r\n`, lines);

/** @param length the line of the Content-Length header */
const HEADS = {
  folded: (head: string, length: string) => at(head, `x-note: a\r\n b\r\n\tc\r\n${length}`),
  twice: (head: string, length: string) => at(head, length + length),
  'bare-lf': (head: string, length: string) => at(head, length).replaceAll('\r\n', '\n'),
  spaced: (head: string, length: string) => at(head, `my note: x\r\n${length.replace(':', ' :')}`),
  controls: (head: string, length: string) => at(head, `x-note: \x01\x1b[31m\x7f\r\n${length}`),
  chunked: (head: string, length: string) => at(head, `${length}transfer-encoding: chunked\r\n`),
};

function sendChunked(exchange: FaultyExchange, body: Buffer): void {
  exchange.sendRaw(`${body.length.toString(16)}\r\n`);
  exchange.sendRaw(body);
  exchange.sendRaw('\r\n0\r\n\r\n');
}
