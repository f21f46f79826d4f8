import { defineFault } from '../fault.ts';
import { text } from '../fault-option.ts';

/** Not HTTP, or not quite (RFC 9112 section 4). */
export const badStatusLine = defineFault({
  name: 'bad-status-line',
  summary: 'the first line of the response is not one of HTTP',
  options: { line: text('HTTP/1.1 two hundred fine') },
  behave: ({ line }) => ({
    at: 'request',
    answer(exchange) {
      exchange.sendRaw(`${line}\r\ncontent-length: 2\r\n\r\nok`);
      exchange.hangUp();
    },
  }),
});
