import { defineFault } from '../fault.ts';
import { honestAnswer } from '../honest-answer.ts';

/** As from several machines behind one name, each with its own idea of the version. */
export const changingEtag = defineFault({
  name: 'changing-etag',
  summary: 'each answer has another ETag, for the same file',
  behave: () => ({
    at: 'request',
    answer(exchange) {
      const { request, file, nth } = exchange;
      const { 'if-range': ifRange, ...headers } = request.headers;
      // No condition holds, since the tag has changed again: the whole file it is.
      if (ifRange !== undefined) delete headers.range;
      delete headers['if-none-match'];
      const etag = `"${nth}-${file.etag.slice(1)}`;
      exchange.send(honestAnswer({ headers }, { ...file, etag }));
    },
  }),
});
