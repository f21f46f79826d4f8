import type { Auth } from './http-options.ts';
import type { Netrc } from './netrc.ts';

/** Where a request goes, and how it got there. */
export interface Hop {
  readonly url: URL;
  /** Still the row's own origin: no redirect has led elsewhere so far. */
  readonly atHome: boolean;
  /** On the way, something was asked for over TLS, and this is not: others may read along. */
  readonly exposed: boolean;
}

/** What a run knows of who asks. */
export interface Credentials {
  readonly auth: Auth | undefined;
  readonly netrc: Netrc | undefined;
}

/**
 * The `Authorization` for one request: that of the row's URL, of the run, of `.netrc`, in this order.
 *
 * The first two are for the row's own origin. An entry of `.netrc` is for its host, also when a
 * redirect leads there (as to the login of a data archive), but not from TLS to plain text; the
 * default entry is for the row's own origin.
 *
 * @param own the row's URL, which may have a user and a password in it
 */
export function authorizationFor(
  hop: Hop,
  own: URL,
  { auth, netrc }: Credentials,
): string | undefined {
  if (hop.atHome) {
    if (own.username !== '' || own.password !== '') {
      return basic(decoded(own.username), decoded(own.password));
    }
    if (auth?.type === 'bearer') return `Bearer ${auth.token}`;
    if (auth?.type === 'basic') return basic(auth.username, auth.password);
  }
  if (netrc === undefined || hop.exposed) return undefined;
  const login = netrc.machines.get(hop.url.hostname) ?? (hop.atHome ? netrc.fallback : undefined);
  return login === undefined ? undefined : basic(login.username, login.password);
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
