import { defineFault } from '../fault.ts';
import { duration } from '../fault-option.ts';

/** Each of them is permitted (RFC 9110 section 15.2), but the final response never comes. */
export const interim = defineFault({
  name: 'interim',
  summary: 'interim responses (103 Early Hints), one after another, and never the real one',
  options: { every: duration('100ms') },
  behave: ({ every }) => ({
    at: 'request',
    async answer(exchange) {
      do exchange.response.writeEarlyHints({ link: '</style.css>; rel=preload' });
      while (await exchange.pause(every));
    },
  }),
});
