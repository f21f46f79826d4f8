/**
 * A function exported by a module that the thread loads: the way for everything that uses more than
 * its arguments.
 */
export interface ModuleFunction {
  /** A URL, as `import.meta.resolve('./hash.ts')` gives it. */
  readonly module: string | URL;
  /** The name of the export. */
  readonly name: string;
}

/** What goes to a thread for one call. */
export interface Call {
  readonly fn: { readonly source: string } | { readonly module: string; readonly name: string };
  readonly args: readonly unknown[];
}

/** What comes back. */
export type Answer =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: unknown };

/**
 * `fn` in a form that can be sent. A function goes as its source text, so it has to be complete in
 * itself: whatever it uses comes in as an argument, is global, or is imported inside.
 *
 * @throws TypeError when its source text is not a function by itself
 */
export function toCall(
  fn: ModuleFunction | ((...args: never[]) => unknown),
  args: readonly unknown[],
): Call {
  if (typeof fn !== 'function') {
    return { fn: { module: String(fn.module), name: fn.name }, args };
  }
  const source = fn.toString();
  if (!isFunctionExpression(source)) {
    throw new TypeError(
      `${fn.name || 'this function'} cannot be sent to a thread: write it as a function or an arrow ` +
        'function (not a method, a class, a bound or a built-in one), or name a module and its export',
    );
  }
  return { fn: { source }, args };
}

/** A method's source is `name() {}`, a built-in's or a bound one's `function () { [native code] }`. */
function isFunctionExpression(source: string): boolean {
  if (source.endsWith('{ [native code] }') || source.startsWith('class')) return false;
  try {
    // Compiled and thrown away; nothing of it runs.
    new Function(`return (${source})`);
    return true;
  } catch {
    return false;
  }
}
