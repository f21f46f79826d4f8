import { drawn } from './drawn.ts';
import { hostName, hostOf, latenessOf, type WebMix } from './host.ts';

/** Share of missing files on good hosts. */
const MISSING = 0.05;
/** A name that no flag has. */
const NO_FLAG = 'zz';

/** A row of the list. */
export interface WebRow {
  readonly url: string;
  /** Its file name: the last part of the URL. */
  readonly name: string;
  /** The flag that the file is, such as `br`; undefined if there is no file. */
  readonly flag?: string;
}

export interface ListSettings {
  /** Scheme and port of all URLs. */
  readonly scheme: 'http' | 'https';
  readonly port: number;
  readonly hosts: number;
  readonly perHost: number;
  readonly mix: WebMix;
  /** Names of the flags that are served. */
  readonly flags: readonly string[];
}

/** The rows of a web, shuffled, so that rows of one host are far from each other. */
export function* webRows(settings: ListSettings): Generator<WebRow> {
  const { hosts, perHost } = settings;
  // With one row for each host the order does not matter, and the list need not be in memory.
  const order = perHost === 1 ? Array(hosts).keys() : shuffled(hosts * perHost);
  for (const index of order) yield rowOf(index, settings);
}

function rowOf(index: number, { scheme, port, perHost, mix, flags }: ListSettings): WebRow {
  const host = hostOf(Math.floor(index / perHost), mix);
  const isThere = host.kind === 'good' && drawn(`file ${index}`) >= MISSING;
  const flag = isThere ? flags[index % flags.length] : undefined;
  const name = `${String(index).padStart(6, '0')}-${flag ?? NO_FLAG}.gif`;
  const url = `${scheme}://${hostName(host)}:${port}/${latenessOf(host.number, mix)}/${name}`;
  return { url, name, ...(flag === undefined ? {} : { flag }) };
}

function shuffled(count: number): number[] {
  const keyed = Array.from({ length: count }, (_, index) => ({
    index,
    key: drawn(`row ${index}`),
  }));
  return keyed.sort((a, b) => a.key - b.key).map(({ index }) => index);
}
