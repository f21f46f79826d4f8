import { defineFault } from '../fault.ts';
import { count } from '../fault-option.ts';

/** Some servers refuse conditional requests. */
export const refuseIfRange = defineFault({
  name: 'refuse-if-range',
  summary: 'a request with If-Range is refused',
  options: { status: count(412, 400, 599) },
  behave: ({ status }) => ({
    at: 'request',
    answer(exchange) {
      if (exchange.request.headers['if-range'] === undefined) exchange.send(exchange.honest);
      else exchange.refuse(status);
    },
  }),
});
