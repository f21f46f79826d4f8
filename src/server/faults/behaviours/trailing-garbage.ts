import { defineFault } from '../fault.ts';
import { text } from '../fault-option.ts';

/** A client must not take these bytes, on a kept connection, for the answer to its next request. */
export const trailingGarbage = defineFault({
  name: 'trailing-garbage',
  summary: 'after a whole response more bytes come, before the next request',
  options: { bytes: text('garbage') },
  behave: ({ bytes }) => ({
    at: 'request',
    answer(exchange) {
      const { socket } = exchange;
      exchange.response.once('finish', () => {
        socket.write(bytes);
      });
      exchange.send(exchange.honest);
    },
  }),
});
