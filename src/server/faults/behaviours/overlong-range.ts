import { defineFault } from '../fault.ts';
import { count } from '../fault-option.ts';

/** Of what is beyond the range nothing may be kept: the next range would go on behind it. */
export const overlongRange = defineFault({
  name: 'overlong-range',
  summary:
    'to a Range, more bytes come in chunks than Content-Range says, and then the connection ends',
  options: { by: count(1_000, 1, 1e6) },
  behave: ({ by }) => ({
    at: 'request',
    async answer(exchange) {
      const { status, headers, body } = exchange.honest;
      if (status !== 206) {
        exchange.send(exchange.honest);
        return;
      }
      const { 'content-length': _, ...rest } = headers;
      exchange.response.writeHead(status, rest);
      await exchange.sendPiece(body);
      await exchange.sendPiece(Buffer.alloc(by, 'x'));
      await exchange.flushed();
      exchange.hangUp();
    },
  }),
});
