import { rolldown } from 'rolldown';

/**
 * Bundles what the page runs into one script.
 * @returns it, and the paths of what it was made of
 * @throws Error also for what is a warning to the bundler: it may mean that something is missing
 */
export async function bundleScript(
  input: string,
): Promise<{ readonly code: string; readonly modules: readonly string[] }> {
  const bundle = await rolldown({
    input,
    platform: 'browser',
    // How JSX is written, web/tsconfig.json says.
    transform: { target: 'es2023' },
    onLog(level, log) {
      if (level === 'warn') throw new Error(log.message);
    },
  });
  const { output } = await bundle.generate({ format: 'iife', minify: true, comments: false });
  await bundle.close();
  const [chunk, ...others] = output;
  if (others.length > 0) throw new Error('the page has to be one script');
  return { code: inHtml(chunk.code.trim()), modules: chunk.moduleIds };
}

/** Has nothing in it that HTML would take for the script's end, or for a comment. */
function inHtml(code: string): string {
  return code.replaceAll('</script', '<\\/script').replaceAll('<!--', '<\\!--');
}
