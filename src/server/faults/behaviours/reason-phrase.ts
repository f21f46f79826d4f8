import { defineFault } from '../fault.ts';
import { count } from '../fault-option.ts';
import { headOf } from '../head.ts';

/** Clears the screen, sets the window's title, rings, colours; an 8-bit control and DEL. */
const CONTROLS = '\x1b[2J\x1b]0;title\x07\x1b[31mred\x9b31m\x7f';

/** What a server says reaches terminals and logs. */
export const reasonPhrase = defineFault({
  name: 'reason-phrase',
  summary: 'the reason phrase has control characters that a terminal would obey',
  options: { status: count(500, 200, 599) },
  behave: ({ status }) => ({
    at: 'request',
    answer(exchange) {
      exchange.sendRaw(headOf(status, { 'content-length': '0', connection: 'close' }, CONTROLS));
      exchange.hangUp();
    },
  }),
});
