import { cpSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const CHECKOUT = new URL('../../', import.meta.url);

/** Beside the packages that it needs; not part of the project. */
const INSTALLED = new URL('node_modules/.cache/flaghoist-installed/', CHECKOUT);

/**
 * The command as users have it: what was built, without the sources, which a checkout would run in
 * its place. @returns the path of its program
 */
export function installedProgram(): string {
  rmSync(INSTALLED, { recursive: true, force: true });
  for (const part of ['bin', 'dist', 'package.json']) {
    cpSync(new URL(part, CHECKOUT), new URL(part, INSTALLED), { recursive: true });
  }
  return fileURLToPath(new URL('bin/flaghoist.js', INSTALLED));
}
