import type { Plugin } from 'rolldown';

/**
 * What our code imports from undici. Its index has much more (`fetch`, WebSocket, mocks, caches), and
 * loads all of that at once. These files are not its public interface, but the lockfile says of which
 * version they are; one that has moved, or a name that is missing here, fails the build.
 */
const USED = `
export { default as Agent } from 'undici/lib/dispatcher/agent.js';
export { default as buildConnector } from 'undici/lib/core/connect.js';
export { default as errors } from 'undici/lib/core/errors.js';
`;

/**
 * What these have at hand for a request with a body, for an experimental parser, and for processors
 * of few. It stays where it is installed, and is loaded from there should it be needed.
 */
const SELDOM = /(?:web|milo)\/|llhttp-wasm/;

/**
 * HTTP/2 is loaded with the first connection that speaks it: it brings Node's TLS with it, which a
 * run over plain HTTP can do without (12 ms).
 */
const EAGER = "const connectH2 = require('./client-h2.js')";
const LAZY = "const connectH2 = (...args) => require('./client-h2.js')(...args)";

const ID = '\0used-of-undici';

/** Has `undici` be no more than what is used of it: half a megabyte less to load. */
export const leanUndici: Plugin = {
  name: 'lean-undici',
  async resolveId(id, importer, options) {
    if (id === 'undici') return ID;
    if (!importer?.includes('/undici/lib/') || !SELDOM.test(id)) return undefined;
    const resolved = await this.resolve(id, importer, options);
    const [path] = /undici\/lib\/.*$/.exec(resolved?.id ?? '') ?? [];
    return path === undefined ? undefined : { id: path, external: true };
  },
  load: (id) => (id === ID ? USED : undefined),
  transform(code, id) {
    if (!/undici\/lib\/dispatcher\/client\.js$/.test(id)) return undefined;
    if (!code.includes(EAGER)) throw new Error(`${id} no longer has: ${EAGER}`);
    return code.replace(EAGER, LAZY);
  },
};
