import { cpSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const CHECKOUT = new URL('../../', import.meta.url);

/** Below node_modules, where it finds the packages that it needs. */
const INSTALLED = new URL('node_modules/.cache/flaghoist-installed/', CHECKOUT);

/**
 * Copies the package as users have it: without the sources, which the command of a checkout would run.
 * @returns the path of the command
 */
export function installedProgram(): string {
  rmSync(INSTALLED, { recursive: true, force: true });
  for (const part of ['bin', 'dist', 'package.json']) {
    cpSync(new URL(part, CHECKOUT), new URL(part, INSTALLED), { recursive: true });
  }
  return fileURLToPath(new URL('bin/flaghoist.js', INSTALLED));
}
