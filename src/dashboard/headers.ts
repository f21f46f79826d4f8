/** Of every answer: nobody keeps it, frames it, or has it for a page of their own. */
export const HEADERS = {
  'cache-control': 'no-store',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const;

/** For what is no page: should it be opened as one, it may do nothing. */
export const NO_PAGE_POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox";

/** A document's own policy, as it is built. */
const META = /<meta\s+http-equiv="content-security-policy"\s+content="([^"]*)"/i;

/** The policy that the page has itself, and that nobody may frame it, which only a header can say. */
export function pagePolicy(page: string): string {
  const own = META.exec(page)?.[1]?.replaceAll('&#39;', "'").replace(/;\s*$/, '');
  return [...(own === undefined ? [] : [own]), "frame-ancestors 'none'"].join('; ');
}
