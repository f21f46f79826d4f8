/** The headers of every response: it is not cached, not framed, and not used by pages of other origins. */
export const HEADERS = {
  'cache-control': 'no-store',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const;

/** The policy of responses that are not the page: opened as a page, they may do nothing. */
export const NO_PAGE_POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox";

/** A document's own policy, as it is built. */
const META = /<meta\s+http-equiv="content-security-policy"\s+content="([^"]*)"/i;

/** The page's own policy, and `frame-ancestors`, which only a header can have. */
export function pagePolicy(page: string): string {
  const own = META.exec(page)?.[1]?.replaceAll('&#39;', "'").replace(/;\s*$/, '');
  return [...(own === undefined ? [] : [own]), "frame-ancestors 'none'"].join('; ');
}
