/** The end of a URL, where it differs from its neighbours, in at most so many characters. */
export function shortUrl(url: string, most: number): string {
  const scheme = url.indexOf('://');
  const path = url.indexOf('/', scheme < 0 ? 0 : scheme + 3);
  const end = path < 0 ? url : url.slice(path);
  return end.length <= most ? end : `…${end.slice(1 - most)}`;
}
