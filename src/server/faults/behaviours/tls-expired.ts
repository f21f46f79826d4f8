import { defineFault } from '../fault.ts';

export const tlsExpired = defineFault({
  name: 'tls-expired',
  summary: 'https, with a certificate that has expired',
  behave: () => ({ at: 'handshake', certificate: 'expired' }),
});
