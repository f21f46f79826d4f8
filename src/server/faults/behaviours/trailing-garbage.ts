import { defineFault } from '../fault.ts';
import { text } from '../fault-option.ts';

/** Bytes that nobody asked for, on a connection that is kept: they must not be taken for an answer. */
export const trailingGarbage = defineFault({
  name: 'trailing-garbage',
  summary: 'after a whole response more bytes come, before anything else was asked for',
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
