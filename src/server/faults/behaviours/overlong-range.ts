import { defineFault } from '../fault.ts';
import { count } from '../fault-option.ts';

/** A client must not keep the bytes beyond the range: its next range would go on after them. */
export const overlongRange = defineFault({
  name: 'overlong-range',
  summary:
    'to a Range comes half of it, with other bytes behind it in chunks, and then the connection ends',
  options: { by: count(1_000, 1, 1e6) },
  behave: ({ by }) => ({
    at: 'request',
    async answer(exchange) {
      const { honest, file } = exchange;
      if (honest.status !== 206) {
        exchange.send(honest);
        return;
      }
      const { 'content-length': _, 'content-range': range = '', ...rest } = honest.headers;
      const [, first] = /^bytes (\d+)-/.exec(range) ?? [];
      const half = honest.body.subarray(0, honest.body.length >> 1);
      const last = Number(first) + half.length - 1;
      exchange.response.writeHead(206, {
        ...rest,
        'content-range': `bytes ${first}-${last}/${file.body.length}`,
      });
      await exchange.sendPiece(half);
      await exchange.sendPiece(Buffer.alloc(by, 'x'));
      await exchange.flushed();
      exchange.hangUp();
    },
  }),
});
