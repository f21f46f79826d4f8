/**
 * Failures that nobody ever asked about are not swallowed: they surface as a process warning, when
 * the future that holds one is collected as garbage or the process is about to end, whichever comes
 * first. Counterpart: asyncio's "Task exception was never retrieved".
 */
import { originOf } from './debug.ts';
import { warnOf } from './warnings.ts';

interface UnseenFailure {
  /** The future in words. The future itself is not kept, or it would never be collected. */
  readonly holder: string;
  readonly error: unknown;
  /** Where the future was created: in debug mode only. */
  readonly origin: string;
}

const unseen = new Set<UnseenFailure>();
const byHolder = new WeakMap<object, UnseenFailure>();
const collected = new FinalizationRegistry<UnseenFailure>(report);
let listening = false;

/** `holder` failed with `error`, and nobody has looked yet. */
export function rememberFailure(holder: object, error: unknown): void {
  const failure = { holder: String(holder), error, origin: originOf(holder) };
  unseen.add(failure);
  byHolder.set(holder, failure);
  collected.register(holder, failure, failure);
  if (!listening) {
    listening = true;
    process.on('beforeExit', reportUnseenFailures);
  }
}

/** Somebody looked at what became of `holder`. */
export function forgetFailure(holder: object): void {
  const failure = byHolder.get(holder);
  if (failure === undefined) return;
  unseen.delete(failure);
  collected.unregister(failure);
}

/** Warns of every failure that is still unseen. */
export function reportUnseenFailures(): void {
  for (const failure of unseen) report(failure);
}

function report(failure: UnseenFailure): void {
  if (!unseen.delete(failure)) return;
  warnOf(`nobody looked at the failure of ${failure.holder}`, failure.error, failure.origin);
}
