import { defineFault } from '../fault.ts';
import { choice } from '../fault-option.ts';

/** The part is not the requested one, or does not say which part it is. */
export const wrongRange = defineFault({
  name: 'wrong-range',
  summary:
    'the Content-Range of a part is not true: another start, another total, none, or nonsense',
  options: { range: choice('start', 'total', 'missing', 'garbage') },
  behave: ({ range }) => ({
    at: 'request',
    answer(exchange) {
      const { status, headers, body } = exchange.honest;
      if (status !== 206) {
        exchange.send({ status, headers, body });
        return;
      }
      const { 'content-range': real = '', ...rest } = headers;
      const wrong = WRONG[range](real);
      const changed = wrong === undefined ? rest : { ...rest, 'content-range': wrong };
      exchange.send({ status, headers: changed, body });
    },
  }),
});

const WRONG = {
  start: (real: string) => real.replace(/ (\d+)/, (_, first) => ` ${Number(first) + 1}`),
  total: (real: string) => real.replace(/\d+$/, (total) => String(Number(total) + 1000)),
  missing: () => undefined,
  garbage: () => 'bytes some of them',
};
