import { defineFault } from '../fault.ts';
import { count } from '../fault-option.ts';

/** By default once for each path: the next try gets the file. */
export const error = defineFault({
  name: 'error',
  summary: 'a status that is no file, the first time that a path is asked for',
  options: { status: count(500, 400, 599) },
  times: 1,
  behave: ({ status }) => ({ at: 'request', answer: (exchange) => exchange.refuse(status) }),
});
