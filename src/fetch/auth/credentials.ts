import type { Auth } from '../http-options.ts';

/** Where a request goes, and how it got there. */
export interface Hop {
  readonly url: URL;
  /** Still the row's own origin: no redirect has led elsewhere so far. */
  readonly isOwnOrigin: boolean;
  /** On the way, something was asked for over TLS, and this is not: others may read along. */
  readonly isDowngraded: boolean;
}

/** What a run knows of who asks. */
export interface Credentials {
  readonly auth: Auth | undefined;
  readonly netrc: Netrc | undefined;
}

/** A user and a password. */
export interface Login {
  readonly username: string;
  readonly password: string;
}

/** What a `.netrc` file knows. */
export interface Netrc {
  /**
   * @param host in lower case
   * @param username whose entry is meant, or one without a user; by default the first of the host is
   */
  loginAt(host: string, username?: string): Login | undefined;
  /** For any other host. */
  readonly fallback: Login | undefined;
}

/**
 * Who asks, for one request: as the row's URL says, the run, or `.netrc`, in this order. A URL that has a
 * user and no password has the password of `.netrc`, where that has one for this user and host.
 *
 * The first two are for the row's own origin. An entry of `.netrc` is for its host, also when a
 * redirect leads there (as to the login of a data archive), but not from TLS to plain text; the
 * default entry is for the row's own origin.
 *
 * @param own the row's URL, which may have a user and a password in it
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

/** RFC 7617; in UTF-8, which is what servers expect today. */
export function basic(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

/** A user or a password as it was meant before it was put into a URL. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a `%` that stands for itself
  }
}
