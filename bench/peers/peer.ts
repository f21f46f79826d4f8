import type { FileCount } from '../measure/count-files.ts';
import type { Command } from '../measure/measure.ts';

/** How long a peer keeps trying a server that does not answer. */
export interface Patience {
  readonly connectSeconds: number;
  /** Tries of a file, including the first. */
  readonly tries: number;
}

/** A list of files to download. */
export interface Job {
  readonly urls: readonly string[];
  /** Path of a file with the URLs, one on each line. The last part of a URL is its unique file name. */
  readonly list: string;
  /** The directory for the files. It exists and is empty. */
  readonly directory: string;
  /** A directory for files that the peer itself needs. It exists. */
  readonly scratch: string;
  readonly maxRequests: number;
  /** Path of the server's certificate, in PEM; left out without TLS. */
  readonly certificate?: string;
  /** @default that of the peer */
  readonly patience?: Patience;
}

/** A program that downloads lists. */
export interface Peer {
  readonly name: string;
  /** Undefined if the peer is not installed. */
  version(): Promise<string | undefined>;
  /** Writes any files that the peer reads, and returns its command. */
  command(job: Job): Command | Promise<Command>;
  /** Counts the files in the job's directory. @default all that are in and below it */
  readonly count?: (directory: string) => Promise<FileCount>;
}
