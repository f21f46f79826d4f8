import { defineFault } from '../fault.ts';
import { choice } from '../fault-option.ts';

/** A client that trusts the status saves the end of the file as the whole file. */
export const sliceAsWhole = defineFault({
  name: 'slice-as-whole',
  summary: 'a range is asked for and sent, with the status of the whole file',
  options: { range: choice('told', 'missing') },
  behave: ({ range }) => ({
    at: 'request',
    answer(exchange) {
      const { status, headers, body } = exchange.honest;
      const { 'content-range': sent, ...rest } = headers;
      const isTold = status === 206 && range === 'told' && sent !== undefined;
      exchange.send({
        status: status === 206 ? 200 : status,
        headers: isTold ? { ...rest, 'content-range': sent } : rest,
        body,
      });
    },
  }),
});
