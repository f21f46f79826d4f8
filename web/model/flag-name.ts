import countries from '../../assets/flags/countries.json' with { type: 'json' };

const NAMES: ReadonlyMap<string, string> = new Map(Object.entries(countries));

/** The country whose flag is at such a URL, `…/cc/cc.gif`; undefined for any other. */
export function flagName(url: string): string | undefined {
  const [, code] = /\/([a-z]{2})\/\1\.gif$/i.exec(url) ?? [];
  return code === undefined ? undefined : NAMES.get(code.toUpperCase());
}
