/** How the ledger's threads are started. */
export const THREAD_OPTIONS = {
  // The process's own Node options are not the thread's: some, like --input-type, would break it.
  execArgv: [],
  // In MiB. They have few objects for long: more room would only be filled (25 MB more, no faster).
  resourceLimits: { maxYoungGenerationSizeMb: 2 },
};
