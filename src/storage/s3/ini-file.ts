import { readFile } from 'node:fs/promises';
import { unlessMissing } from '../../model/error-code.ts';

/** The settings of one section; those of a nested block as `s3.endpoint_url`. */
export type IniSection = Readonly<Record<string, string>>;

/**
 * Reads `~/.aws/config` or `~/.aws/credentials`. They are INI files with one speciality: the lines below
 * `s3 =` that are indented belong to it (AWS SDKs and Tools Reference Guide, "Shared config and credentials
 * files"). Packages for INI files do not know it.
 *
 * @returns its sections by their names, such as `default` or `profile work`; none when there is no file
 * @throws the file system's errors
 */
export async function readIniFile(path: string): Promise<ReadonlyMap<string, IniSection>> {
  return parseIni((await unlessMissing(readFile(path, 'utf8'))) ?? '');
}

/** As {@link readIniFile}, of a text. Lines that make no sense are skipped, as the AWS SDKs do. */
export function parseIni(text: string): ReadonlyMap<string, IniSection> {
  const sections = new Map<string, Record<string, string>>();
  let section: Record<string, string> | undefined;
  let block = '';
  for (const line of text.split(/\r?\n/)) {
    const content = withoutComment(line);
    if (content === '') continue;
    const heading = /^\[([^\]]+)\]$/.exec(content)?.[1];
    if (heading !== undefined) {
      const name = heading.trim().replace(/\s+/g, ' ');
      section = sections.get(name) ?? {};
      sections.set(name, section);
      block = '';
      continue;
    }
    const at = content.indexOf('=');
    if (at <= 0 || section === undefined) continue;
    const key = content.slice(0, at).trim().toLowerCase();
    const value = content.slice(at + 1).trim();
    const isNested = /^\s/.test(line) && block !== '';
    if (!isNested) block = value === '' ? key : '';
    section[isNested ? `${block}.${key}` : key] = value;
  }
  return sections;
}

/** A `#` or `;` begins a comment at the start of a line, and after a space. */
function withoutComment(line: string): string {
  if (/^\s*[#;]/.test(line)) return '';
  return line.replace(/\s[#;].*$/, '').trim();
}
