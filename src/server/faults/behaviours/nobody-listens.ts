import { defineFault } from '../fault.ts';

/** Connections are refused, as by a machine whose server is down. */
export const nobodyListens = defineFault({
  name: 'nobody-listens',
  summary: 'no server listens on the port',
  behave: () => ({ at: 'address', missing: 'listener' }),
});
