import { types } from 'node:util';

/**
 * A thrown value in a form that `structuredClone` copies whole. Of an Error, `structuredClone` copies only
 * `name`, `message`, `stack` and `cause`, and it turns an AggregateError into an Error.
 */
export type SerializedThrow =
  | { readonly value: unknown }
  | { readonly error: SerializedError }
  | { readonly list: readonly SerializedThrow[] };

/** It may contain itself, as an error may be its own cause. `structuredClone` copies such a cycle. */
interface SerializedError {
  /** The built-in class that it is an instance of. */
  readonly type: BuiltInError;
  readonly name: string;
  readonly message: string;
  readonly stack: unknown;
  /** Its other own properties: `code`, `cause`, `errors`, and what the program has added. */
  readonly properties: readonly SerializedProperty[];
}

interface SerializedProperty {
  readonly key: string;
  readonly enumerable: boolean;
  readonly value: SerializedThrow;
}

type BuiltInError = keyof typeof BUILT_IN;

const BUILT_IN = {
  AggregateError,
  DOMException,
  Error,
  EvalError,
  RangeError,
  ReferenceError,
  SuppressedError,
  SyntaxError,
  TypeError,
  URIError,
};

/** How long a chain of causes may be. Some thousands would overflow the stack. */
const MAX_DEPTH = 100;

/**
 * Makes `thrown` ready to be sent to another thread. A property of an error that cannot be cloned, such as
 * a function or a socket, is left out. So is the cause of the hundredth error of a chain.
 *
 * @throws DataCloneError when `thrown` is no error and cannot be cloned
 */
export function serializeThrow(
  thrown: unknown,
  seen = new Map<Error, SerializedError>(),
  depth = 1,
): SerializedThrow {
  if (isError(thrown)) return { error: serializeError(thrown, seen, depth) };
  if (Array.isArray(thrown) && thrown.some(isError)) {
    return { list: thrown.map((value) => serializeThrow(value, seen, depth)) };
  }
  // A copy, since sending that cannot fail.
  return { value: structuredClone(thrown) };
}

/** Makes the value again that {@link serializeThrow} was called with. */
export function deserializeThrow(
  serialized: SerializedThrow,
  seen = new Map<SerializedError, Error>(),
): unknown {
  if ('error' in serialized) return deserializeError(serialized.error, seen);
  if ('list' in serialized) return serialized.list.map((value) => deserializeThrow(value, seen));
  return serialized.value;
}

function serializeError(
  error: Error,
  seen: Map<Error, SerializedError>,
  depth: number,
): SerializedError {
  const known = seen.get(error);
  if (known !== undefined) return known;
  if (depth > MAX_DEPTH) throw new RangeError('too many errors are the cause of each other');
  const properties: SerializedProperty[] = [];
  const { name, message, stack } = error;
  const serialized = { type: builtInTypeOf(error), name, message, stack, properties };
  seen.set(error, serialized);
  for (const [key, { enumerable }] of Object.entries(Object.getOwnPropertyDescriptors(error))) {
    if (key === 'message' || key === 'stack') continue;
    try {
      const value = serializeThrow(Reflect.get(error, key), seen, depth + 1);
      properties.push({ key, enumerable: enumerable === true, value });
    } catch {
      // It cannot be cloned or read, or the chain is too long.
    }
  }
  return serialized;
}

function deserializeError(serialized: SerializedError, seen: Map<SerializedError, Error>): Error {
  const known = seen.get(serialized);
  if (known !== undefined) return known;
  const error = newError(serialized);
  seen.set(serialized, error);
  const define = (key: string, value: unknown, enumerable = false) =>
    Object.defineProperty(error, key, { value, enumerable, configurable: true, writable: true });
  define('stack', serialized.stack);
  if (error.name !== serialized.name) define('name', serialized.name);
  for (const { key, value, enumerable } of serialized.properties) {
    define(key, deserializeThrow(value, seen), enumerable);
  }
  return error;
}

function newError({ type, name, message }: SerializedError): Error {
  // Only its constructor can set its name and its code.
  if (type === 'DOMException') return new DOMException(message, name);
  // Their constructors take different arguments. Each argument is also a property, which is set below.
  return Reflect.construct(Error, [message], BUILT_IN[type]);
}

/** Compares names, so that an error of another realm (`node:vm`) counts too. */
function builtInTypeOf(error: Error): BuiltInError {
  let prototype = Object.getPrototypeOf(error);
  while (prototype !== null) {
    const name: unknown = prototype.constructor?.name;
    if (typeof name === 'string' && Object.hasOwn(BUILT_IN, name)) return name as BuiltInError;
    prototype = Object.getPrototypeOf(prototype);
  }
  return 'Error';
}

function isError(value: unknown): value is Error {
  return value instanceof Error || types.isNativeError(value);
}
