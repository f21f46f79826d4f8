import { defineFault } from '../fault.ts';
import { count } from '../fault-option.ts';

/** Once, by default: the next try finds the file. */
export const error = defineFault({
  name: 'error',
  summary: 'a status that is no file, the first time that a path is asked for',
  options: { status: count(500, 400, 599) },
  times: 1,
  behave: ({ status }) => ({ at: 'request', answer: (exchange) => exchange.refuse(status) }),
});
