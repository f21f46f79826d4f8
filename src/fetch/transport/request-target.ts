/**
 * The path and the query of a URL, as a request has them (RFC 9112 section 3.2.1). An empty query is kept:
 * `/a?` and `/a` may be different files.
 */
export function requestTarget({ pathname, search, href }: URL): string {
  if (search !== '') return pathname + search;
  const fragment = href.indexOf('#');
  return href.at(fragment === -1 ? -1 : fragment - 1) === '?' ? `${pathname}?` : pathname;
}
