import { defineFault } from '../fault.ts';

/** The protocol of 1991, without a head. curl accepts it only with an option. */
export const http09 = defineFault({
  name: 'http-0.9',
  summary: 'the body comes without a head',
  behave: () => ({
    at: 'request',
    answer(exchange) {
      exchange.sendRaw(exchange.file.body);
      exchange.hangUp();
    },
  }),
});
