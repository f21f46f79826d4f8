import { DownloadError } from '../../model/failure.ts';
import type { Item } from '../../model/item.ts';
import { cancelledOutcome, isDone, type Outcome, skippedOutcome } from '../../model/outcome.ts';
import { NameSet } from './name-set.ts';
import type { NameTemplate } from './name-template.ts';

/** What makes two rows the same download. */
interface DownloadKey {
  /** The URL without its fragment, and the name that the row asks for. */
  readonly plain: string;
  /** With what else decides which bytes go where: a checksum, a directory, headers, columns. */
  readonly whole: string;
  /** Whether the file may have another place than that of a row which has the plain key only. */
  readonly isElsewhere: boolean;
  /** The URL that the request is for. */
  readonly url: string;
}

/** Options of {@link Duplicates}. */
export interface DuplicatesOptions {
  /** How files are named: two rows whose files have different names are different downloads. */
  readonly template: NameTemplate;
  /**
   * Whether an earlier row of this run had this URL and the item's name. The ledger knows that without
   * more memory.
   * @default the URLs are remembered, in about 10 bytes each
   */
  readonly hasBeenTaken?: ((item: Item, url: string) => boolean) | undefined;
}

/** What a row is to the rows before it. */
export type Standing =
  /** It is downloaded. */
  | 'first'
  /** The same download is done. */
  | 'repeated'
  /** The same download is under way: its end is this row's, too. */
  | 'waiting';

/**
 * Finds rows that are the same download as an earlier row of the run: the same URL, under the same name,
 * with the same checksum. Such a row is `skipped` once the first one has its file. If the first one is
 * still under way, it waits for that one's end. If the first one has failed meanwhile, it is a download
 * of its own.
 *
 * A row that is taken for a repeated one by mistake would be lost. The ledger compares URLs in full. A
 * {@link NameSet}, for runs without a ledger and for rows with a checksum or the like, compares 64 bits
 * of a hash with a secret key: with a million rows the probability of one mistake is 3·10⁻⁸.
 */
export class Duplicates {
  readonly #options: DuplicatesOptions;
  /** The keys of this run that the ledger does not know. */
  readonly #noted = new NameSet();
  readonly #failed = new NameSet();
  #failures = 0;
  /** The plain keys of rows whose files go elsewhere: for those the ledger's word does not count. */
  readonly #elsewhere = new NameSet();
  #hasNoted = false;
  #hasElsewhere = false;
  /** The downloads under way, and the rows that wait for their ends. */
  readonly #underWay = new Map<string, Item[]>();

  constructor(options: DuplicatesOptions) {
    this.#options = options;
  }

  /**
   * Takes up the next row of the list.
   * @param needsRequest whether it will be downloaded, if it is the first: {@link end} is then called
   */
  enter(item: Item, needsRequest: boolean): Standing {
    const key = keyOf(item, this.#options.template);
    if (key === undefined) return 'first';
    const isRepeated = this.#note(item, key);
    if (!isRepeated || (this.#failures > 0 && this.#failed.has(key.whole))) {
      if (needsRequest) this.#underWay.set(key.whole, NONE);
      return 'first';
    }
    const waiting = this.#underWay.get(key.whole);
    if (waiting === undefined) return 'repeated';
    if (!needsRequest) return 'first';
    if (waiting === NONE) this.#underWay.set(key.whole, [item]);
    else waiting.push(item);
    return 'waiting';
  }

  /**
   * A row that was the first has ended.
   * @returns the outcomes of the rows that waited for it
   */
  end(outcome: Outcome): readonly Outcome[] {
    const key = keyOf(outcome.item, this.#options.template);
    if (key === undefined) return NO_OUTCOMES;
    const waiting = this.#underWay.get(key.whole);
    if (waiting === undefined) return NO_OUTCOMES;
    this.#underWay.delete(key.whole);
    if (isDone(outcome.status)) {
      if (this.#failures > 0) this.#failed.delete(key.whole);
    } else if (this.#failed.add(key.whole)) {
      this.#failures++;
    }
    return waiting === NONE ? NO_OUTCOMES : waiting.map((item) => sameEnd(item, outcome));
  }

  /** @returns whether an earlier row has this key */
  #note(item: Item, key: DownloadKey): boolean {
    const { hasBeenTaken } = this.#options;
    const { plain, whole, url, isElsewhere } = key;
    if (isElsewhere) this.#hasElsewhere = this.#elsewhere.add(plain) || this.#hasElsewhere;
    const isForLedger = hasBeenTaken !== undefined && whole === plain;
    if (!isForLedger || (this.#hasElsewhere && this.#elsewhere.has(plain))) {
      this.#hasNoted = true;
      return !this.#noted.add(whole);
    }
    if (hasBeenTaken(item, url) || (this.#hasNoted && this.#noted.has(plain))) return true;
    // The ledger knows the row by its URL as it is written.
    if (url !== item.url) this.#hasNoted = this.#noted.add(plain) || this.#hasNoted;
    return false;
  }
}

const NONE: Item[] = [];
const NO_OUTCOMES: readonly Outcome[] = [];

/** The outcome of a row that waited for another one. */
function sameEnd(item: Item, first: Outcome): Outcome {
  if (isDone(first.status)) {
    const { startedAt, elapsed } = first;
    return { ...skippedOutcome(item, 'duplicate'), startedAt, elapsed };
  }
  if (first.status === 'cancelled') return cancelledOutcome(item);
  const { error } = first;
  return {
    ...first,
    item,
    attempts: 0,
    ...(error && { error: new DownloadError(item, error.cause) }),
  };
}

/** @returns undefined for a row that is no other row's duplicate: its name has its number in it */
function keyOf(item: Item, { needsIndex, columns }: NameTemplate): DownloadKey | undefined {
  if (needsIndex || item.problem !== undefined) return undefined;
  const { name, checksum, directory, headers } = item;
  const url = requestedUrl(item.url);
  const plain = name === undefined ? url : `${url}\n${name}`;
  const hasLogin = url.includes('@') && URL.parse(url)?.username !== '';
  const isElsewhere =
    hasLogin || directory !== undefined || headers !== undefined || columns.length > 0;
  if (!isElsewhere && checksum === undefined) return { plain, whole: plain, isElsewhere, url };
  const values = columns.map((column) => item.columns?.[column]);
  const whole = JSON.stringify([plain, checksum?.hex, directory, headers, values]);
  return { plain, whole, isElsewhere, url };
}

/** A URL whose request says exactly what is written: most are, and need no parsing. */
const AS_WRITTEN = /^https?:\/\/[a-z0-9.-]+(?::\d+)?\/[!$-;=?-~]*$/;
const MAY_BE_REWRITTEN = /\/\.|:(?:80|443)\/|[`\\^{|}]/;

/** The URL without its fragment, as a request is made for it. */
export function requestedUrl(text: string): string {
  if (AS_WRITTEN.test(text) && !MAY_BE_REWRITTEN.test(text)) return text;
  const url = URL.parse(text);
  if (url === null) return text;
  url.hash = '';
  return url.href;
}
