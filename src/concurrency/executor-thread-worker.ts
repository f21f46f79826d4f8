/** What each thread of a ThreadExecutor runs: it answers one call after the other. */
import { parentPort } from 'node:worker_threads';
import { cloneError } from './clone-error.ts';
import { type Callable, compileFunction, explainReferenceError } from './compile-function.ts';
import { serializeThrow } from './serialized-error.ts';
import type { Answer, Call } from './thread-call.ts';

/** Compiled once per source text, so that what it caches in itself stays warm. */
const compiled = new Map<string, Callable>();

parentPort?.on('message', async (call: Call) => {
  const answer = await answerTo(call);
  try {
    parentPort?.postMessage(answer);
  } catch (error) {
    const what = answer.ok ? 'the result' : 'what the function threw';
    parentPort?.postMessage(failure(cloneError(what, error)));
  }
});

parentPort?.on('messageerror', (error) => {
  parentPort?.postMessage(failure(cloneError('the arguments', error)));
});

async function answerTo({ fn, args }: Call): Promise<Answer> {
  try {
    const run = 'source' in fn ? compileOnce(fn.source) : await load(fn.module, fn.name);
    return { ok: true, value: await run(...args) };
  } catch (error) {
    return failure('source' in fn ? explainReferenceError(error, fn.source) : error);
  }
}

function failure(thrown: unknown): Answer {
  try {
    return { ok: false, thrown: serializeThrow(thrown) };
  } catch (error) {
    return failure(cloneError('what the function threw', error));
  }
}

function compileOnce(source: string): Callable {
  const known = compiled.get(source);
  if (known !== undefined) return known;
  const fn = compileFunction(source);
  compiled.set(source, fn);
  return fn;
}

async function load(module: string, name: string): Promise<Callable> {
  const exported: unknown = (await import(module))[name];
  if (typeof exported === 'function') return exported as Callable;
  throw new TypeError(`${module} exports no function named ${name}`);
}
