import { defineFault } from '../fault.ts';

export const tlsWrongHost = defineFault({
  name: 'tls-wrong-host',
  summary: 'https, with a certificate for another host',
  behave: () => ({ at: 'handshake', certificate: 'wrong-host' }),
});
