import { defineFault } from '../fault.ts';
import { choice, count } from '../fault-option.ts';

/** The server sends the file only as a whole. */
export const refuseRange = defineFault({
  name: 'refuse-range',
  summary: 'a range is refused: by a status, or by a connection that is closed without an answer',
  options: { by: choice('status', 'hang-up'), status: count(403, 400, 599) },
  behave: ({ by, status }) => ({
    at: 'request',
    answer(exchange) {
      if (exchange.request.headers.range === undefined) exchange.send(exchange.honest);
      else if (by === 'hang-up') exchange.hangUp();
      else exchange.refuse(status);
    },
  }),
});
