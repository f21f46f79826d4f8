import { defineFault } from '../fault.ts';
import { count, duration } from '../fault-option.ts';

/** The body never stalls, so no idle timeout ends it. */
export const drip = defineFault({
  name: 'drip',
  summary: 'the body comes a byte at a time',
  options: { every: duration('1s'), bytes: count(1, 1) },
  behave: ({ every, bytes }) => ({
    at: 'request',
    async answer(exchange) {
      const { status, headers, body } = exchange.honest;
      exchange.response.writeHead(status, headers);
      for (let at = 0; at < body.length; at += bytes) {
        if (!(await exchange.sendPiece(body.subarray(at, at + bytes)))) return;
        if (!(await exchange.pause(every))) return;
      }
      exchange.response.end();
    },
  }),
});
