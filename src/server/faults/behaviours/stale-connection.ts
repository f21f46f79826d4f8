import type { Socket } from 'node:net';
import { defineFault } from '../fault.ts';

/**
 * A race of every kept connection: the server closes it while the next request is on its way. The client
 * may send the request again, and should (RFC 9112 section 9.3.1).
 */
export const staleConnection = defineFault({
  name: 'stale-connection',
  summary: 'a connection is kept, and closed without a word when the second request comes',
  behave: () => {
    const used = new WeakSet<Socket>();
    return {
      at: 'request',
      answer(exchange) {
        const { socket } = exchange;
        if (used.has(socket)) {
          socket.destroy();
          return;
        }
        used.add(socket);
        exchange.send(exchange.honest);
      },
    };
  },
});
