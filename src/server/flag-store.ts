import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** A flag that the test servers serve. */
export interface Flag {
  /** ISO 3166-1 alpha-2, upper case. */
  readonly code: string;
  /** The country's name in English. */
  readonly country: string;
  readonly gif: Buffer;
  /** Strong entity tag, including its quotes. */
  readonly etag: string;
}

/** src/server, dist/server and dist/command are equally deep, so this holds for all three. */
const ASSETS = new URL('../../assets/flags/', import.meta.url);

/** The flags read so far, by code in lower case. All servers of the process share them. */
const flags = new Map<string, Flag>();

let countries: ReadonlyMap<string, string> | undefined;

/**
 * The flag of a country. It is read from disk when it is first asked for, and kept: reading all 194 took
 * 15 ms at each start of a server, and most servers are asked for a few.
 *
 * @param code ISO 3166-1 alpha-2 in lower case, as in the URLs
 * @returns undefined if there is no flag for this code
 * @throws the file system's error if the installation lacks the flag or the list of countries
 */
export function findFlag(code: string): Flag | undefined {
  const known = flags.get(code);
  if (known !== undefined) return known;
  countries ??= readCountries();
  const country = countries.get(code);
  if (country === undefined) return undefined;
  const gif = readFileSync(new URL(`${code}.gif`, ASSETS));
  const etag = `"${createHash('sha256').update(gif).digest('base64url').slice(0, 22)}"`;
  const flag = { code: code.toUpperCase(), country, gif, etag };
  flags.set(code, flag);
  return flag;
}

/** The names of the countries, by code in lower case. */
function readCountries(): ReadonlyMap<string, string> {
  const json = readFileSync(new URL('countries.json', ASSETS), 'utf8');
  const names = Object.entries<string>(JSON.parse(json));
  return new Map(names.map(([code, country]) => [code.toLowerCase(), country]));
}
