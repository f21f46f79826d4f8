/** What stands before the host, in the forms that a URL may have: `http:/u:p@h` is one, too. */
const USERINFO = /^(https?:[\\/]*|[a-z][a-z0-9+.-]*:\/\/)[^/\\?#]*@/i;
/** In what is no URL, a password may have a `/` in it, or whatever else made it none. */
const UNREADABLE = /^(\s*[a-z][a-z0-9+.-]*:\/\/).*@/is;

/** A URL as it may be shown: without the user and the password in it. Other texts are left alone. */
export function withoutCredentials(url: string): string {
  if (!url.includes('@')) return url;
  const shown = url.replace(USERINFO, '$1');
  if (!shown.includes('@')) return shown;
  const parsed = URL.parse(shown);
  if (parsed === null) return shown.replace(UNREADABLE, '$1');
  if (parsed.username === '' && parsed.password === '') return shown;
  // With spaces and line ends in places where URLs are rid of them.
  parsed.username = '';
  parsed.password = '';
  return parsed.href;
}
