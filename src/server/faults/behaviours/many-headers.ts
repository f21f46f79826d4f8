import { defineFault } from '../fault.ts';
import { count } from '../fault-option.ts';

/** Each header is short, but there are too many. */
export const manyHeaders = defineFault({
  name: 'many-headers',
  summary: 'ten thousand headers',
  options: { count: count(10_000, 1, 1e6) },
  behave: (values) => ({
    at: 'request',
    answer(exchange) {
      const { status, headers, body } = exchange.honest;
      const more = Array.from({ length: values.count }, (_, i) => [`x-${i}`, 'y']);
      exchange.sendUnchecked({
        status,
        headers: { ...headers, ...Object.fromEntries(more) },
        body,
      });
    },
  }),
});
