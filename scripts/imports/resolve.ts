import { posix } from 'node:path';

/** The file that a relative import leads to, from the root of the checkout; undefined for a package. */
export function resolveImport(importer: string, specifier: string): string | undefined {
  if (!specifier.startsWith('.')) return undefined;
  return posix.join(posix.dirname(importer), specifier);
}

/** The layer of a file: `src/fetch/client.ts` is in `fetch`, `src/index.ts` in `index.ts`, all of `web` in `web`. */
export function layerOf(path: string): string | undefined {
  const [top, layer] = path.split('/');
  if (top === 'web') return top;
  return top === 'src' ? layer : undefined;
}
