import { defineFault } from '../fault.ts';
import { choice, size } from '../fault-option.ts';

/** Like an unstable line, or a server with a time limit for each response. */
export const breakOff = defineFault({
  name: 'break-off',
  summary: 'the connection ends after some bytes of each body, after more of them each time',
  options: { after: size('50k'), ranges: choice('kept', 'ignored') },
  behave: ({ after, ranges }) => ({
    at: 'request',
    async answer(exchange) {
      if (ranges === 'ignored') delete exchange.request.headers.range;
      const { status, headers, body } = exchange.honest;
      const most = ranges === 'ignored' ? after * (exchange.nth + 1) : after;
      if (body.length <= most) {
        exchange.send({ status, headers, body });
        return;
      }
      exchange.response.writeHead(status, headers);
      await exchange.sendPiece(body.subarray(0, most));
      await exchange.flushed();
      exchange.hangUp();
    },
  }),
});
