/**
 * Failures that were never retrieved are not swallowed: they surface as a process warning, when
 * the future that holds one is collected as garbage or the process is about to end, whichever comes
 * first. Counterpart: asyncio's "Task exception was never retrieved".
 */
import { originOf } from './debug.ts';
import { nextTurn } from './turn.ts';
import { warnOf } from './warnings.ts';

interface UnseenFailure {
  /** The future in words. The future itself is not kept, or it would never be collected. */
  readonly holder: string;
  readonly error: unknown;
  /** Where the future was created: in debug mode only. */
  readonly origin: string;
}

const unseen = new Set<UnseenFailure>();
/** Those of this turn of the event loop. */
let fresh: UnseenFailure[] = [];
const byHolder = new WeakMap<object, UnseenFailure>();
const collected = new FinalizationRegistry<UnseenFailure>(report);
let listening = false;

/** Keeps `error`, the failure of `holder`, for a warning, unless {@link forgetFailure} comes first. */
export function rememberFailure(holder: object, error: unknown): void {
  const failure = { holder: String(holder), error, origin: originOf(holder) };
  unseen.add(failure);
  if (fresh.push(failure) === 1) nextTurn(writeOutStacks);
  byHolder.set(holder, failure);
  collected.register(holder, failure, failure);
  if (!listening) {
    listening = true;
    process.on('beforeExit', reportUnseenFailures);
  }
}

/**
 * Until its stack is written out, an error holds the functions and objects of that stack, and `holder`
 * among them: it would never be collected. It takes some 20 µs, so only failures still unseen have it.
 */
function writeOutStacks(): void {
  for (const failure of fresh)
    if (unseen.has(failure) && failure.error instanceof Error) void failure.error.stack;
  fresh = [];
}

/** The program has retrieved the result or the failure of `holder`. */
export function forgetFailure(holder: object): void {
  const failure = byHolder.get(holder);
  if (failure === undefined) return;
  unseen.delete(failure);
  collected.unregister(failure);
}

/** `error` is thrown to the program: futures that failed with it need no warning of their own. */
export function forgetFailuresBy(error: unknown): void {
  for (const failure of unseen) if (failure.error === error) unseen.delete(failure);
}

/** Warns of every failure that is still unseen. */
export function reportUnseenFailures(): void {
  for (const failure of unseen) report(failure);
}

function report(failure: UnseenFailure): void {
  if (!unseen.delete(failure)) return;
  warnOf(`the failure of ${failure.holder} was never retrieved`, failure.error, failure.origin);
}
