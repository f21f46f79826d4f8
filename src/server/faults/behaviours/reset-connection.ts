import { defineFault } from '../fault.ts';

/** Like a firewall, or a server at its limit of connections. */
export const resetConnection = defineFault({
  name: 'reset-connection',
  summary: 'each connection is reset (RST) as soon as it is established',
  behave: () => ({ at: 'connection', meet: (socket) => socket.resetAndDestroy() }),
});
