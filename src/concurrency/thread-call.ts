import { isAbsolute } from 'node:path';
import { pathToFileURL } from 'node:url';
import { argumentError } from './clone-error.ts';
import { compileFunction } from './compile-function.ts';
import type { SerializedThrow } from './serialized-error.ts';

declare global {
  // TypeScript merges it with the type of `@types/node` or `dom`. Programs compiled without either need it.
  interface MessagePort {}
  interface URL {}
}

/**
 * A function that a module exports. The thread loads the module, so the function may use more than its
 * arguments.
 */
export interface ModuleFunction {
  /** A URL, as `new URL('./hash.js', import.meta.url)` makes it, or an absolute path. */
  readonly module: string | URL;
  /** The name of the export; `default` for the default export. */
  readonly name: string;
}

/** Any function. */
export type AnyFunction = (...args: never[]) => unknown;

/** What goes to a thread for one call. */
export interface Call {
  readonly fn: { readonly source: string } | { readonly module: string; readonly name: string };
  readonly args: readonly unknown[];
  /** The objects in `args` that are moved instead of copied. */
  readonly transfer: readonly Transferable[];
}

/** What comes back. @internal */
export type Answer =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly thrown: SerializedThrow };

/** What can be moved to a thread instead of being copied. */
export type Transferable = ArrayBuffer | MessagePort;

/**
 * Makes a call ready to be sent to a thread. A function is sent as its source text, so it has to be
 * complete in itself: everything it uses is an argument, a global, or imported inside. The objects in
 * `transfer` are moved at once, even while no thread is free: the caller knows that they are gone.
 *
 * @throws TypeError when the function's source text is not a function by itself, the module is neither a
 *   URL nor an absolute path, or the arguments are not in an array; DataCloneError when `transfer` has what cannot be moved
 */
export function toCall(
  fn: ModuleFunction | AnyFunction,
  args: readonly unknown[],
  transfer: readonly Transferable[] = [],
): Call {
  if (!Array.isArray(args))
    throw new TypeError(
      `the arguments come in an array, as in runInExecutor(fn, [1, 2]); [] for none`,
    );
  const sendable = typeof fn === 'function' ? sourceOf(fn) : namedExport(fn);
  if (transfer.length === 0) return { fn: sendable, args, transfer };
  try {
    const moved = structuredClone({ args, transfer }, { transfer: [...transfer] });
    return { fn: sendable, ...moved };
  } catch (error) {
    throw argumentError(args, error);
  }
}

function sourceOf(fn: AnyFunction): { source: string } {
  const source = fn.toString();
  try {
    if (source.startsWith('class')) throw new SyntaxError('a class is called with new');
    // Only compiled, never run. The source of a method is `name() {}`, that of a built-in
    // or a bound function is `function () { [native code] }`.
    compileFunction(source);
  } catch (cause) {
    throw new TypeError(
      `${fn.name || 'this function'} cannot be sent to a thread: write it as a function or an arrow ` +
        'function (not a method, a class, a bound or a built-in one) without import.meta, or name a ' +
        'module and its export, { module, name }',
      { cause },
    );
  }
  return { source };
}

function namedExport({ module, name }: ModuleFunction): { module: string; name: string } {
  const specifier = String(module);
  // Paths first: the drive of a path on Windows looks like the protocol of a URL.
  if (isAbsolute(specifier)) return { module: pathToFileURL(specifier).href, name };
  if (URL.canParse(specifier)) return { module: specifier, name };
  const resolved = specifier.startsWith('.')
    ? `new URL('${specifier}', import.meta.url)`
    : `import.meta.resolve('${specifier}')`;
  throw new TypeError(
    `'${specifier}' does not say where the module is, as a thread does not know from where it is ` +
      `named: use ${resolved}`,
  );
}
