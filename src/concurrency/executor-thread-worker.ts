/** What each thread of a ThreadExecutor runs: it answers one call after the other. */
import { parentPort } from 'node:worker_threads';
import type { Answer, Call } from './thread-function.ts';

type AnyFunction = (...args: readonly unknown[]) => unknown;

/** Compiled once per source text, so that what it caches in itself stays warm. */
const compiled = new Map<string, AnyFunction>();

parentPort?.on('message', async (call: Call) => {
  const answer = await answerTo(call);
  try {
    parentPort?.postMessage(answer);
  } catch (error) {
    // The result, or what was thrown, is of a kind that cannot be sent.
    parentPort?.postMessage({ ok: false, error } satisfies Answer);
  }
});

async function answerTo({ fn, args }: Call): Promise<Answer> {
  try {
    const run = 'source' in fn ? compile(fn.source) : await load(fn.module, fn.name);
    return { ok: true, value: await run(...args) };
  } catch (error) {
    return { ok: false, error: 'source' in fn ? explained(error) : error };
  }
}

function compile(source: string): AnyFunction {
  const known = compiled.get(source);
  if (known !== undefined) return known;
  const fn = new Function(`'use strict'; return (${source})`)() as AnyFunction;
  compiled.set(source, fn);
  return fn;
}

async function load(module: string, name: string): Promise<AnyFunction> {
  const exported: unknown = (await import(module))[name];
  if (typeof exported === 'function') return exported as AnyFunction;
  throw new TypeError(`${module} exports no function named ${name}`);
}

/** The mistake that is easily made gets a hint. */
function explained(error: unknown): unknown {
  if (!(error instanceof ReferenceError)) return error;
  const hint = 'a function sent to a thread cannot use variables around it: pass them as arguments';
  return new ReferenceError(`${error.message} (${hint})`, { cause: error });
}
