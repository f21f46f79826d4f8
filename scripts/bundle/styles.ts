import { join } from 'node:path';
import { rolldown } from 'rolldown';

const STYLES = join(import.meta.dirname, '..', '..', 'examples/styles');

/** The programs that `compare` runs, and the code of a thread that one of them starts. */
const PROGRAMS = ['one-by-one', 'threads', 'threads-worker', 'callbacks', 'tasks'];

/** Bundles the programs into `directory`, one file each. */
export async function bundleStyles(directory: string): Promise<void> {
  for (const name of PROGRAMS) {
    const bundle = await rolldown({ input: join(STYLES, `${name}.ts`), platform: 'node' });
    await bundle.write({ file: join(directory, `${name}.cjs`), format: 'cjs' });
  }
}
