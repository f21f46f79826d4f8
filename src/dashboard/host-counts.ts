import type { HostTotals } from '../model/row-group.ts';
import { safeLine } from '../model/safe-text.ts';

/** Hosts that are told apart, at most. */
const MOST = 100_000;

/** What the rest of them is called. */
const OTHERS = '(others)';

/** A URL's host and port, whatever stands before them. */
const HOST = /^[a-z][a-z\d+.-]*:[\\/]*(?:[^/\\?#]*@)?([^/\\?#]*)/i;

interface Counts {
  readonly host: string;
  rows: number;
  notDone: number;
  bytes: number;
}

/** Counts rows by host. Of a list with more than 100,000 hosts, the others are counted as one. */
export class HostCounts {
  readonly #hosts = new Map<string, Counts>();
  /** The last row's URL up to the end of its host: with a list of one host, that is all of them. */
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
    // With what follows the host, or another that begins like it would be taken for it.
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
    // A copy: a piece of a text keeps all of it, and a URL is a piece of a list.
    const own = Buffer.from(name).toString();
    const counts = { host: own, rows: 0, notDone: 0, bytes: 0 };
    this.#hosts.set(own, counts);
    return counts;
  }
}
