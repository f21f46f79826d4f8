/** A function whose parameters are not known here. */
export type Callable = (...args: readonly unknown[]) => unknown;

/**
 * What build tools call from inside of a function's body, and define around it. These can be
 * supplied here; others (`__awaiter`, `_defineProperty`) get a hint from {@link explainReferenceError}.
 */
const HELPERS = {
  /** esbuild with `keepNames`, so `tsx` too. */
  __name: (target: object, value: string) =>
    Object.defineProperty(target, 'name', { value, configurable: true }),
  /** esbuild for a target without class fields. */
  __publicField: (target: object, key: PropertyKey, value: unknown) => {
    const field = { value, configurable: true, enumerable: true, writable: true };
    Object.defineProperty(target, key, field);
    return value;
  },
  /** Vite, so Vitest too, for `import()`. */
  __vite_ssr_dynamic_import__: (specifier: string) => import(specifier),
};

/**
 * The function that `source` is the text of. It sees its arguments and globals.
 *
 * @throws SyntaxError when the text is no function that is complete in itself
 */
export function compileFunction(source: string): Callable {
  const body = `'use strict'; return (${source});`;
  return new Function(...Object.keys(HELPERS), body)(...Object.values(HELPERS));
}

/**
 * `error`, with a hint when the function with this `source` threw it for a variable that it does not
 * have on a thread: a mistake that is easily made.
 */
export function explainReferenceError(error: unknown, source: string): unknown {
  if (!(error instanceof ReferenceError)) return error;
  const [, name] = /^(\S+) is not defined$/.exec(error.message) ?? [];
  // Code that the function calls may have mistakes of its own.
  if (name === undefined || !source.includes(name)) return error;
  const hint = looksLikeHelper(name)
    ? `the build tool seems to have put ${name} into the function, and a thread does not have it: ` +
      'name a module and its export, { module, name }'
    : 'a function sent to a thread cannot use variables around it: pass them as arguments';
  return new ReferenceError(`${error.message} (${hint})`, { cause: error });
}

/**
 * As tsc, esbuild and Vite name theirs (`__awaiter`), Babel and SWC (`_async_to_generator`,
 * `_asyncToGenerator`), and istanbul (`cov_2f5kqzbd1`).
 */
function looksLikeHelper(name: string): boolean {
  return /^(__\w|_[a-z]+[A-Z_]|cov_|tslib|babelHelpers)/.test(name);
}
