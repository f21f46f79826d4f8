/** The exit codes that every command shares; scripts rely on them. */
export const EXIT = {
  /** Everything asked for was done. */
  ok: 0,
  /** The run ended, and some rows failed or were not found. */
  someFailed: 1,
  /** Wrong usage. Nothing was started. */
  usage: 2,
  /** The run itself broke: a port in use, a full disk. */
  broken: 3,
  /** The reader of `-o -` has gone, as `head` does: what SIGPIPE (13) makes of other programs. */
  readerGone: 141,
} as const;

/** The exit codes of a run that was interrupted: 128 and the signal's number, as in a shell. */
export const EXIT_OF_SIGNAL: Partial<Record<NodeJS.Signals, number>> = {
  SIGHUP: 129,
  SIGINT: 130,
  SIGTERM: 143,
};
