import type { HostTotals } from '../model/row-group.ts';
import { safeLine } from '../model/safe-text.ts';

/** Hosts that are counted separately, at most. */
const MOST = 100_000;

/** The name for all other hosts together. */
const OTHERS = '(others)';

/** A URL's host and port, after what stands before them. Anything else in a URL's place has no host. */
const HOST = /^https?:[\\/]*(?:[^/\\?#]*@)?([^/\\?#]*)/i;

interface Counts {
  readonly host: string;
  rows: number;
  notDone: number;
  bytes: number;
}

/** Counts rows by host. Of a list with more than 100,000 hosts, the others are counted as one. */
export class HostCounts {
  readonly #hosts = new Map<string, Counts>();
  /** The URL of the last row up to the end of its host: in a list of one host, the start of every URL. */
  #start = '';
  #last: Counts | undefined;

  /** @param bytes of the row's file */
  add(url: string, isDone: boolean, bytes: number): void {
    const counts = this.#last && url.startsWith(this.#start) ? this.#last : this.#find(url);
    counts.rows++;
    if (isDone) counts.bytes += bytes;
    else counts.notDone++;
  }

  /** Those with the most rows, at most so many, and how many others there are. */
  top(most: number): { readonly hosts: readonly HostTotals[]; readonly others: number } {
    const top: Counts[] = [];
    for (const counts of this.#hosts.values()) {
      if (top.length === most && counts.rows <= (top.at(-1)?.rows ?? 0)) continue;
      const place = top.findIndex(({ rows }) => rows < counts.rows);
      top.splice(place < 0 ? top.length : place, 0, counts);
      if (top.length > most) top.pop();
    }
    const hosts = top.map((counts) => ({ ...counts, host: safeLine(counts.host) }));
    return { hosts, others: this.#hosts.size - hosts.length };
  }

  #find(url: string): Counts {
    const [start = '', host = ''] = HOST.exec(url) ?? [];
    const counts = this.#of(host.toLowerCase());
    // Includes the character after the host, so that a longer host does not match.
    const next = url.charAt(start.length);
    this.#last = start !== '' && next !== '' ? counts : undefined;
    this.#start = start + next;
    return counts;
  }

  #of(host: string): Counts {
    const isOver = this.#hosts.size >= MOST && !this.#hosts.has(host);
    const name = isOver ? OTHERS : host;
    const known = this.#hosts.get(name);
    if (known !== undefined) return known;
    // A copy: a substring keeps the whole string in memory, here a piece of the list.
    const own = Buffer.from(name).toString();
    const counts = { host: own, rows: 0, notDone: 0, bytes: 0 };
    this.#hosts.set(own, counts);
    return counts;
  }
}
