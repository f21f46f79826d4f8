import { defineFault } from '../fault.ts';
import { choice, count, duration } from '../fault-option.ts';

/** A server under load asks the client to wait (RFC 9110 section 10.2.3, RFC 6585 section 4). */
export const retryAfter = defineFault({
  name: 'retry-after',
  summary: 'a 429 or 503 that says when to come back: in seconds, as a date, or absurdly',
  options: {
    status: count(429, 400, 599),
    form: choice('seconds', 'date', 'absurd', 'garbage', 'none'),
    wait: duration('1s'),
  },
  times: 1,
  behave: ({ status, form, wait }) => ({
    at: 'request',
    answer(exchange) {
      const value = FORM[form](wait);
      exchange.refuse(status, value === undefined ? {} : { 'retry-after': value });
    },
  }),
});

const FORM = {
  seconds: (wait: number) => String(Math.ceil(wait / 1000)),
  // Dates have whole seconds. Rounded up, so that the client does not come back too early.
  date: (wait: number) => new Date(Math.ceil((Date.now() + wait) / 1000) * 1000).toUTCString(),
  absurd: () => '99999999999999999999',
  garbage: () => 'in a while',
  none: () => undefined,
};
