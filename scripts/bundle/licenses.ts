import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The licenses of the packages that contain `modules`. They have to go with every copy. */
export async function licensesOf(modules: readonly string[]): Promise<string> {
  const folders = new Set(modules.map(packageFolder).filter((folder) => folder !== undefined));
  return (await Promise.all([...folders].sort().map(licenseOf))).join(`\n${'-'.repeat(80)}\n\n`);
}

/** The folder of the package that contains a file; undefined for files of this project. */
function packageFolder(path: string): string | undefined {
  return /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path.replaceAll('\\', '/'))?.[0];
}

/** @throws Error for a package without a license, which must not be passed on */
async function licenseOf(folder: string): Promise<string> {
  const { name, version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const text = (await licenseFile(folder)) ?? (await licenseInReadme(folder));
  if (text === undefined) throw new Error(`${name} has no license`);
  return `${name} ${version}\n\n${text.trim()}\n`;
}

async function licenseFile(folder: string): Promise<string | undefined> {
  const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
  return file && (await readFile(join(folder, file), 'utf8'));
}

/** Some packages have it in a section of their own, at the end. */
async function licenseInReadme(folder: string): Promise<string | undefined> {
  const readme = await readFile(join(folder, 'README.md'), 'utf8').catch(() => '');
  return /^#+ *licen[cs]e\b[^\n]*\n(.*)/ims.exec(readme)?.[1];
}
