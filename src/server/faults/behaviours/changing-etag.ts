import { defineFault } from '../fault.ts';
import { honestAnswer } from '../honest-answer.ts';

/** Like several machines behind one name that compute different tags for the same file. */
export const changingEtag = defineFault({
  name: 'changing-etag',
  summary: 'each answer has another ETag, for the same file',
  behave: () => ({
    at: 'request',
    answer(exchange) {
      const { request, file, nth } = exchange;
      const { 'if-range': ifRange, ...headers } = request.headers;
      // The tag has changed again, so no condition holds and the whole file is sent.
      if (ifRange !== undefined) delete headers.range;
      delete headers['if-none-match'];
      const etag = `"${nth}-${file.etag.slice(1)}`;
      exchange.send(honestAnswer({ headers }, { ...file, etag }));
    },
  }),
});
