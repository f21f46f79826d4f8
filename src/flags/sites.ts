import { SERVER_PRESETS, type ServerLabel } from '../server/presets.ts';

/** The sites that flags come from: the test servers, and the public site. */
export type SiteLabel = ServerLabel | 'REMOTE';

/** A site with flags. */
export interface Site {
  readonly label: SiteLabel;
  /** Base of the URLs of the flags, without a slash at its end. */
  readonly url: string;
}

export const SITE_LABELS: readonly SiteLabel[] = ['DELAY', 'ERROR', 'LOCAL', 'REMOTE'];

const REMOTE_URL = 'https://www.fluentpython.com/data/flags';

/** The environment variable with another URL for a site, as when its port is taken. */
export function siteVariable(label: SiteLabel): string {
  return `FLAGHOIST_${label}`;
}

/**
 * The site with this label.
 * @param label in upper or lower case
 * @param environment may have another URL for the site in its {@link siteVariable}
 * @throws RangeError for an unknown label, or a variable that is no URL
 */
export function siteOf(
  label: string,
  environment: Readonly<Record<string, string | undefined>>,
): Site {
  const known = SITE_LABELS.find((one) => one === label.toUpperCase());
  if (known === undefined) {
    throw new RangeError(`--server LABEL must be one of ${SITE_LABELS.join(', ')}`);
  }
  const moved = environment[siteVariable(known)];
  if (moved !== undefined) return { label: known, url: checkUrl(moved, siteVariable(known)) };
  const url =
    known === 'REMOTE' ? REMOTE_URL : `http://localhost:${SERVER_PRESETS[known].port}/flags`;
  return { label: known, url };
}

/** The URL of a flag on `site`, and the name of its file. */
export function flagRow(site: Site, code: string): { readonly url: string; readonly name: string } {
  const cc = code.toLowerCase();
  return { url: `${site.url}/${cc}/${cc}.gif`, name: `${cc}.gif` };
}

function checkUrl(text: string, variable: string): string {
  const url = URL.parse(text);
  if (url !== null && /^https?:$/.test(url.protocol)) return text.replace(/\/+$/, '');
  throw new RangeError(
    `${variable} must be an http:// or https:// URL, not ${JSON.stringify(text)}`,
  );
}
