import { isWebUrl } from './host-of.ts';

/**
 * The end of a URL, where it differs from its neighbours, in at most so many characters. What is no URL
 * of the web has no host to leave out.
 */
export function shortUrl(url: string, most: number): string {
  const path = isWebUrl(url) ? url.indexOf('/', url.indexOf('://') + 3) : -1;
  const end = path < 0 ? url : url.slice(path);
  return end.length <= most ? end : `…${end.slice(1 - most)}`;
}
