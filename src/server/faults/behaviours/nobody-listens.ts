import { defineFault } from '../fault.ts';

/** The usual sign of a server that is down. */
export const nobodyListens = defineFault({
  name: 'nobody-listens',
  summary: 'nobody listens on the port',
  behave: () => ({ at: 'address', missing: 'listener' }),
});
