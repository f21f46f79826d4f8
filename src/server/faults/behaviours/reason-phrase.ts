import { defineFault } from '../fault.ts';
import { choice, count } from '../fault-option.ts';
import { headOf } from '../head.ts';

/** Clears the screen, sets the window title, rings the bell, sets colours; an 8-bit control and DEL. */
const CONTROLS = '\x1b[2J\x1b]0;title\x07\x1b[31mred\x9b31m\x7f';

/** A reason phrase may reach terminals and logs. */
export const reasonPhrase = defineFault({
  name: 'reason-phrase',
  summary:
    'the reason phrase has control characters that a terminal would obey, or the Authorization it was sent',
  options: { status: count(500, 200, 599), says: choice('controls', 'authorization') },
  behave: ({ status, says }) => ({
    at: 'request',
    answer(exchange) {
      const { authorization = '' } = exchange.request.headers;
      const reason = says === 'controls' ? CONTROLS : authorization;
      exchange.sendRaw(headOf(status, { 'content-length': '0', connection: 'close' }, reason));
      exchange.hangUp();
    },
  }),
});
