const USERINFO = /^([a-z][a-z0-9+.-]*:\/\/)[^/?#]*@/i;

/** A URL as it may be shown: without the user and the password in it. Other texts are left alone. */
export function withoutCredentials(url: string): string {
  return url.includes('@') ? url.replace(USERINFO, '$1') : url;
}
