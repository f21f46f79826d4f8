import type { Command } from '../measure/measure.ts';

/** How long a peer is to go on with a server that does not answer. */
export interface Patience {
  readonly connectSeconds: number;
  /** For a file, the first included. */
  readonly tries: number;
}

/** A list of files to download. */
export interface Job {
  readonly urls: readonly string[];
  /** The same, a URL on each line. The last part of each is the name of its file, and no two share it. */
  readonly list: string;
  /** Where the files go; it exists and is empty. */
  readonly directory: string;
  /** Where a peer may write what it needs itself; it exists. */
  readonly scratch: string;
  readonly maxRequests: number;
  /** Of the server's certificate, PEM; left out when it has none. */
  readonly certificate?: string;
  /** Left out, as long as it does by itself. */
  readonly patience?: Patience;
}

/** A program that downloads lists. */
export interface Peer {
  readonly name: string;
  /** Undefined when this machine does not have it. */
  version(): Promise<string | undefined>;
  /** How it is called; what it reads is written by then. */
  command(job: Job): Command | Promise<Command>;
}
