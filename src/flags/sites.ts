import { SERVER_LABELS, SERVER_PRESETS, type ServerLabel } from '../server/presets.ts';

/** Where flags come from: one of the test servers, or the public site. */
export type SiteLabel = ServerLabel | 'REMOTE';

/** A place to get flags from. */
export interface Site {
  readonly label: SiteLabel;
  /** What the flags' URLs start with, no slash at its end. */
  readonly url: string;
}

export const SITE_LABELS: readonly SiteLabel[] = [...SERVER_LABELS, 'REMOTE'].sort() as SiteLabel[];

const REMOTE_URL = 'https://www.fluentpython.com/data/flags';

/** The environment variable that moves a site elsewhere, for a port that is taken, say. */
export function siteVariable(label: SiteLabel): string {
  return `FLAGHOIST_${label}`;
}

/**
 * The site that `label` names, in any case.
 * @param environment where {@link siteVariable} may say where it is
 * @throws RangeError for a label that names none, or a URL that is none
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

/** Where `code`'s flag is on `site`, and the name to save it under. */
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
