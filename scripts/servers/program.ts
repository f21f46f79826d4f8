/** Seconds for which a connection is kept, where that can be set: less than the pause of one of the checks. */
export const KEPT = 2;

/** The same for requests that it serves: over HTTP/2 it is then said to be going away. */
export const MOST_REQUESTS = 40;

/** Where a server runs, and what it is to serve. */
export interface Place {
  /** The directory of the files. */
  readonly site: string;
  /** A directory for whatever else it writes. */
  readonly scratch: string;
  /** Of the loopback address, to listen on. */
  readonly port: number;
  /** Port of a server that has the files already, for those that pass requests on. */
  readonly upstream: number;
  /** Paths of PEM files: a certificate for the loopback address, its key, and both in one file. */
  readonly certificate: string;
  readonly key: string;
  readonly bundle: string;
}

/** A server that others wrote, as Debian has it. */
export interface Program {
  readonly name: string;
  /** Of Debian; the first one's version is the program's. */
  readonly packages: readonly [string, ...string[]];
  /** TLS, and HTTP/2 for those that ask for it. Default: neither. */
  readonly isTls?: boolean;
  /** One that is asked on behalf of others (`--proxy`). */
  readonly isProxy?: boolean;
  /** Files that it needs in its scratch directory, by name. */
  readonly files?: (place: Place) => Readonly<Record<string, string>>;
  /** Stays in the foreground, and ends with all of its processes on SIGTERM. */
  readonly command: (place: Place) => readonly string[];
  readonly environment?: (place: Place) => Readonly<Record<string, string>>;
}
