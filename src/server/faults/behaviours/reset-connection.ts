import { defineFault } from '../fault.ts';

/** As by a firewall, or a server that is out of places. */
export const resetConnection = defineFault({
  name: 'reset-connection',
  summary: 'each connection is reset (RST) as soon as it stands',
  behave: () => ({ at: 'connection', meet: (socket) => socket.resetAndDestroy() }),
});
