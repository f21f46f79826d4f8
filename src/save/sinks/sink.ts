import type { Item } from '../../model/item.ts';
import type { Outcome } from '../../model/outcome.ts';
import type { BodyWriter, Part } from '../../model/response.ts';

/**
 * Where bodies go. Pass your own to `download` to save elsewhere than in a directory.
 *
 * @example
 *     const bodies = new Map<string, Buffer>();
 *     const sink: Sink = {
 *       open(item) {
 *         let chunks: Uint8Array[] = [];
 *         return {
 *           part: undefined,
 *           begin: () => { chunks = []; },
 *           write: (chunk) => { chunks.push(chunk); },
 *           restart: async () => { chunks = []; },
 *           commit: async () => {
 *             const body = Buffer.concat(chunks);
 *             bodies.set(item.url, body);
 *             return { path: item.url, bytes: body.length };
 *           },
 *           discard: async () => {},
 *         };
 *       },
 *     };
 */
export interface Sink {
  /**
   * Makes a draft for the body of one item. No file is created yet.
   * @throws an error that fails the row, such as NameCollisionError
   */
  open(item: Item): Draft | Promise<Draft>;
  /**
   * What the paths of all its files begin with, such as `s3://bucket/prefix`. With a ledger, paths are
   * recorded without it.
   * @default the directory of the run
   */
  readonly location?: string | undefined;
  /**
   * With a ledger: whether a file that an earlier run has recorded is still there.
   * @default the file is looked for in the directory of the run
   */
  isSaved?(file: SavedFile, item: Item): boolean | Promise<boolean>;
  /**
   * Takes the outcome of each row before it is recorded, and records it: at once, or when the file becomes
   * visible, if that is later. Without a ledger, `log` does nothing.
   * @default it is recorded at once
   * @returns a promise when the run should pause until it is fulfilled; a rejection breaks the run
   */
  settle?(outcome: Outcome, log: OutcomeLog): Promise<void> | undefined;
  /**
   * Called once when the run ends, also when it was stopped or has failed, and before its ledger is
   * closed: saves what is pending. An error breaks the run.
   */
  close?(): Promise<void>;
}

/** Where the outcomes of rows are recorded. */
export interface OutcomeLog {
  /** @returns a promise when the caller should pause until it is fulfilled @throws BrokenRunError */
  record(outcome: Outcome): Promise<void> | undefined;
  /**
   * Takes the outcome of a row whose file is in an object that is not published yet. It is on record once
   * {@link recordHeld} is called for that object; a run that ends before leaves no record of the row.
   * @param object what the object is called, such as `00012.tar`
   * @returns as {@link record} @throws as {@link record}
   */
  hold(outcome: Outcome, object: string): Promise<void> | undefined;
  /** Records what is held for an object. @throws BrokenRunError */
  recordHeld(object: string): void;
  /** Resolves when all outcomes so far are on record. @throws BrokenRunError */
  flush(): Promise<void>;
}

/**
 * A body while it arrives. It ends with exactly one of {@link commit} and {@link discard}. Drafts of your
 * own sink may keep the chunks they are given, since `download` copies them.
 */
export interface Draft extends BodyWriter {
  /**
   * Opens a range of the file that another response brings while the beginning still arrives. Leave it
   * out if the file can only be written from front to back: it is then not requested in segments.
   * @param start where the range begins, in bytes
   */
  range?(start: number): DraftRange;
  /**
   * Ends all ranges. Those that follow the beginning without a gap become part of it; the rest is
   * dropped. Needed whenever {@link range} is there.
   */
  join?(): Promise<void>;
  /** What has arrived of the file, to go on from; undefined if nothing, or if its version is unknown. */
  readonly part: Part | undefined;
  /**
   * How many bytes of the file have arrived, from the first one on. A try that brought some does not
   * count against the row's number of tries.
   * @default the bytes of {@link part}
   */
  readonly bytes?: number | undefined;
  /** Forgets all that has arrived, the part included. The next response starts the file anew. */
  restart(): Promise<void>;
  /**
   * Checks the complete body against the item's checksum, and makes it visible under its final name.
   * @throws ChecksumError; NameCollisionError; the file system's errors
   */
  commit(): Promise<SavedFile>;
  /**
   * Gives the body up for this run.
   * @param options `keep`: what has arrived may be of use to a later run, so keep it for
   *   {@link Sink.open}; `false` by default
   */
  discard(options?: { readonly keep?: boolean | undefined }): Promise<void>;
}

/** A range of the file, whose bytes arrive in order. */
export interface DraftRange {
  /** @returns a promise while the sender should pause, else undefined; it rejects if writing fails */
  write(chunk: Uint8Array): Promise<void> | undefined;
  /** Ends the range. Fulfilled once all of it is written. */
  finish(): Promise<void>;
}

/** A complete file under its final name. */
export interface SavedFile {
  /** Where the file is, as the outcome has it. */
  readonly path: string;
  /** Its length, in bytes. */
  readonly bytes: number;
  /** The digest of the whole file, if requested: `sha256:…` in hex. */
  readonly digest?: string | undefined;
  /** The path of an earlier row's file that has the same contents, which are stored once. */
  readonly duplicateOf?: string | undefined;
}

/**
 * A sink that copies each chunk before it hands it to `sink`. A run lends its chunks and fills the same
 * memory again, so a sink of the user's that collects them would end up with the same bytes many times.
 */
export function copyChunks(sink: Sink): Sink {
  return {
    open(item: Item): Draft | Promise<Draft> {
      const draft = sink.open(item);
      return draft instanceof Promise ? draft.then(copyingDraft) : copyingDraft(draft);
    },
    location: sink.location,
    isSaved: sink.isSaved?.bind(sink),
    settle: sink.settle?.bind(sink),
    close: sink.close?.bind(sink),
  };
}

function copyingDraft(draft: Draft): Draft {
  return {
    get part() {
      return draft.part;
    },
    get bytes() {
      return draft.bytes;
    },
    begin: (head) => draft.begin(head),
    write: (chunk) => draft.write(Buffer.from(chunk)),
    restart: () => draft.restart(),
    commit: () => draft.commit(),
    discard: (options) => draft.discard(options),
    ...copyingRanges(draft),
  };
}

/** A draft without ranges stays without them: its file is then not asked for in segments. */
function copyingRanges(draft: Draft): Pick<Draft, 'range' | 'join'> {
  const range = draft.range?.bind(draft);
  const join = draft.join?.bind(draft);
  return range && join ? { range: (start) => copyingRange(range(start)), join } : {};
}

function copyingRange(range: DraftRange): DraftRange {
  return {
    write: (chunk) => range.write(Buffer.from(chunk)),
    finish: () => range.finish(),
  };
}
