import { defineFault } from '../fault.ts';
import { choice } from '../fault-option.ts';

/** Like a server whose process dies. */
export const reset = defineFault({
  name: 'reset',
  summary: 'the connection is reset (RST): before the head, after it, or in the middle of the body',
  options: { at: choice('body', 'before', 'head') },
  behave: ({ at }) => ({
    at: 'request',
    async answer(exchange) {
      const { status, headers, body } = exchange.honest;
      if (at !== 'before') {
        exchange.response.writeHead(status, headers);
        exchange.response.flushHeaders();
        if (at === 'body') await exchange.sendPiece(body.subarray(0, body.length >> 1));
        await exchange.flushed();
      }
      exchange.reset();
    },
  }),
});
