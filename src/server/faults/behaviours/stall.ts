import { defineFault } from '../fault.ts';
import { choice, duration } from '../fault-option.ts';

/** The server falls silent, and keeps the connection. */
export const stall = defineFault({
  name: 'stall',
  summary:
    'nothing comes for a while: before the head, in the middle of the body, or between chunks',
  options: { at: choice('body', 'head', 'chunk'), for: duration('forever') },
  behave: ({ at, for: wait }) => ({
    at: 'request',
    async answer(exchange) {
      const { honest } = exchange;
      if (at === 'head') {
        if (await exchange.pause(wait)) exchange.send(honest);
        return;
      }
      const { 'content-length': length, ...rest } = honest.headers;
      exchange.response.writeHead(honest.status, at === 'chunk' ? rest : honest.headers);
      exchange.response.flushHeaders();
      const middle = honest.body.length >> 1;
      await exchange.sendPiece(honest.body.subarray(0, middle));
      if (await exchange.pause(wait)) exchange.response.end(honest.body.subarray(middle));
    },
  }),
});
