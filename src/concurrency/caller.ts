/** How many frames are looked at: those of this module are left out. */
const DEPTH = 50;

/** The stack of the code that called into this module: its frames only, neither Node's nor this module's. */
export function callerFrames(): string[] {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = DEPTH;
  const frames = (new Error().stack ?? '').split('\n').slice(1);
  Error.stackTraceLimit = limit;
  return frames.filter((frame) => !isForeign(frame)).slice(0, limit);
}

/** In a bundle this module cannot be told from the code around it, which counts for more. */
const HERE = /caller\.[jt]s$/.test(import.meta.filename) ? import.meta.dirname : undefined;

function isForeign(frame: string): boolean {
  if (/[( ]node:|\(<anonymous>\)/.test(frame)) return true;
  return HERE !== undefined && frame.includes(HERE);
}
