import { rolldown } from 'rolldown';

/**
 * Bundles the code of the page into one script.
 * @returns the script, and the paths of its modules
 * @throws Error also for a warning of the bundler, which may mean that a part is missing
 */
export async function bundleScript(
  input: string,
): Promise<{ readonly code: string; readonly modules: readonly string[] }> {
  const bundle = await rolldown({
    input,
    platform: 'browser',
    // web/tsconfig.json configures JSX.
    transform: { target: 'es2023' },
    onLog(level, log) {
      if (level === 'warn') throw new Error(log.message);
    },
  });
  const { output } = await bundle.generate({ format: 'iife', minify: true, comments: false });
  await bundle.close();
  const [chunk, ...others] = output;
  if (others.length > 0) throw new Error('the page must be bundled into one script');
  return { code: inHtml(chunk.code.trim()), modules: chunk.moduleIds };
}

/** Escapes text that HTML would take for the end of the script, or for a comment. */
function inHtml(code: string): string {
  return code.replaceAll('</script', '<\\/script').replaceAll('<!--', '<\\!--');
}
