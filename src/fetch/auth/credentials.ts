import type { Auth } from '../http-options.ts';

/** Where a request goes, and how it got there. */
export interface Hop {
  readonly url: URL;
  /** Whether this is still the row's own origin: no redirect has led to another one. */
  readonly isOwnOrigin: boolean;
  /** Whether a redirect led from TLS to plain text, where others may read along. */
  readonly isDowngraded: boolean;
}

/** The credentials of a run. */
export interface Credentials {
  readonly auth: Auth | undefined;
  readonly netrc: Netrc | undefined;
}

/** A user and a password. */
export interface Login {
  readonly username: string;
  readonly password: string;
}

/** The contents of a `.netrc` file. */
export interface Netrc {
  /**
   * @param host in lower case
   * @param username the user whose entry is meant, or an entry without a user. @default the first
   *   entry of the host
   */
  loginAt(host: string, username?: string): Login | undefined;
  /** The entry for all other hosts. */
  readonly fallback: Login | undefined;
}

/**
 * The credentials for one request: those in the row's URL, else the run's, else those in `.netrc`. A URL
 * with a user and no password gets the password from `.netrc`, if it has one for this user and host.
 *
 * The first two are for the row's own origin only. An entry of `.netrc` belongs to its host, also when a
 * redirect leads there (as to the login of a data archive), but not from TLS to plain text. The default
 * entry is for the row's own origin.
 *
 * @param own the row's URL, which may contain a user and a password
 */
export function credentialsFor(
  hop: Hop,
  own: URL,
  { auth, netrc }: Credentials,
): Login | Exclude<Auth, { type: 'basic' }> | undefined {
  if (hop.isOwnOrigin) {
    if (own.username !== '' || own.password !== '') return loginOf(own, netrc);
    if (auth !== undefined) return auth;
  }
  if (netrc === undefined || hop.isDowngraded) return undefined;
  return netrc.loginAt(hop.url.hostname) ?? (hop.isOwnOrigin ? netrc.fallback : undefined);
}

function loginOf(own: URL, netrc: Netrc | undefined): Login {
  const [username, password] = [decoded(own.username), decoded(own.password)];
  if (password !== '' || netrc === undefined) return { username, password };
  const known = netrc.loginAt(own.hostname, username) ?? netrc.fallback;
  const isMeant = known?.username === username || known?.username === '';
  return { username, password: isMeant ? known.password : '' };
}

/** RFC 7617, in UTF-8, which servers expect today. */
export function basic(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

/** A user or a password with the percent-encoding of its URL undone. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a `%` that stands for itself
  }
}
