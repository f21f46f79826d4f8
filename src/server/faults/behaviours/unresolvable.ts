import { defineFault } from '../fault.ts';

/** `.invalid` never resolves (RFC 6761 section 6.4). */
export const unresolvable = defineFault({
  name: 'unresolvable',
  summary: 'the name of the host does not resolve',
  behave: () => ({ at: 'address', missing: 'name' }),
});
