/** Keep-alive timeout in s, where it can be set: shorter than the pause in one of the checks. */
export const KEPT = 2;

/** Requests that a connection serves, where that can be set. Over HTTP/2 it then sends GOAWAY. */
export const MOST_REQUESTS = 40;

/** Where a server runs, and what it serves. */
export interface Place {
  /** The directory of the files. */
  readonly site: string;
  /** A directory for all that it writes. */
  readonly scratch: string;
  /** The port of 127.0.0.1 to listen on. */
  readonly port: number;
  /** Port of a server with the files, for programs that pass requests on. */
  readonly upstream: number;
  /** Paths of PEM files: a certificate for the loopback address, its key, and both in one file. */
  readonly certificate: string;
  readonly key: string;
  readonly bundle: string;
}

/** A server from a package of Debian. */
export interface Program {
  readonly name: string;
  /** Debian's packages. The version of the first is that of the program. */
  readonly packages: readonly [string, ...string[]];
  /** Whether it speaks TLS, with HTTP/2 if a client offers it. @default false */
  readonly isTls?: boolean;
  /** Whether it is a proxy for `--proxy`. @default false */
  readonly isProxy?: boolean;
  /** Contents of the files that it needs in its scratch directory, by name. */
  readonly files?: (place: Place) => Readonly<Record<string, string>>;
  /** Has to stay in the foreground, and to end with all of its processes on SIGTERM. */
  readonly command: (place: Place) => readonly string[];
  readonly environment?: (place: Place) => Readonly<Record<string, string>>;
}
