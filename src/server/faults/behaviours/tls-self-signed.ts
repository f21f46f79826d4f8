import { defineFault } from '../fault.ts';

export const tlsSelfSigned = defineFault({
  name: 'tls-self-signed',
  summary: 'https, with a certificate that vouches for itself',
  behave: () => ({ at: 'handshake', certificate: 'self-signed' }),
});
