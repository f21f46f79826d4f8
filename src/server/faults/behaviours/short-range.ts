import { defineFault } from '../fault.ts';
import { choice, size } from '../fault-option.ts';
import { honestAnswer } from '../honest-answer.ts';

/** Some servers limit the size of their responses (RFC 9110 section 15.3.7 permits it). */
export const shortRange = defineFault({
  name: 'short-range',
  summary: 'no response has more than some bytes of the file, even without a range in the request',
  options: { size: size('64k'), status: choice('206', '200') },
  behave: ({ size: most, status }) => ({
    at: 'request',
    answer(exchange) {
      const { request, file } = exchange;
      const { range = 'bytes=0-' } = request.headers;
      const first = Number(/^bytes=(\d+)/.exec(range)?.[1] ?? 0);
      const headers = { ...request.headers, range: `bytes=${first}-${first + most - 1}` };
      const answer = honestAnswer({ headers }, file);
      exchange.send(answer.status === 206 ? { ...answer, status: Number(status) } : answer);
    },
  }),
});
