#!/usr/bin/env node
// The one plain JavaScript file: it must load on a Node that is too old for the rest, to say so. It
// imports nothing: for an `import` of a built-in module Node looks at all that the module has, and
// some of that is loaded by looking.

const OLDEST_NODE = 24;

if (Number.parseInt(process.versions.node, 10) < OLDEST_NODE) {
  process.stderr.write(
    `flaghoist needs Node ${OLDEST_NODE} or later; this is ${process.version}. ` +
      'In a checkout, run it as `npm start`, which brings its own.\n',
  );
  process.exitCode = 3;
} else {
  await start(process.argv.slice(2));
}

async function start(args) {
  const { existsSync, readFileSync } = process.getBuiltinModule('node:fs');
  const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));

  // Scripts ask this before all else, and it is not worth loading a parser for.
  if (args.length === 1 && (args[0] === '--version' || args[0] === '-V')) {
    process.stdout.write(`${manifest.version}\n`);
    return;
  }

  // A checkout runs its sources; the published package has none of them.
  const source = new URL('../src/cli/main.ts', import.meta.url);
  const isCheckout = existsSync(source);
  keepCompiled(isCheckout ? checkoutCache() : userCache());
  const { main } = isCheckout ? await import(source.href) : loadBuilt();
  await main(args, manifest);
}

/** The command as the package has it. Required: an import would take some milliseconds longer. */
function loadBuilt() {
  const { createRequire } = process.getBuiltinModule('node:module');
  return createRequire(import.meta.url)('../dist/command/main.cjs');
}

/**
 * Has Node keep what it makes of our code, so that it is made once and not at every start. Not where
 * Node would by default, in the system's temporary directory: there somebody else could have left
 * code for us to run. NODE_COMPILE_CACHE and NODE_DISABLE_COMPILE_CACHE are heeded by Node itself.
 */
function keepCompiled(directory) {
  // A relative one would be another in every directory.
  if (!process.getBuiltinModule('node:path').isAbsolute(directory)) return;
  // By way of the environment, as threads have it from there.
  process.env.NODE_COMPILE_CACHE ||= directory;
  process.getBuiltinModule('node:module').enableCompileCache(process.env.NODE_COMPILE_CACHE);
}

/** Where a checkout keeps what can be made again. */
function checkoutCache() {
  const { fileURLToPath } = process.getBuiltinModule('node:url');
  return fileURLToPath(new URL('../node_modules/.cache/flaghoist', import.meta.url));
}

/** Where the user's programs keep such things; no path for a user without a home. */
function userCache() {
  const { HOME, LOCALAPPDATA, XDG_CACHE_HOME } = process.env;
  if (process.platform === 'win32') return LOCALAPPDATA ? `${LOCALAPPDATA}\\flaghoist\\cache` : '';
  if (XDG_CACHE_HOME) return `${XDG_CACHE_HOME}/flaghoist`;
  const caches = process.platform === 'darwin' ? 'Library/Caches' : '.cache';
  return HOME ? `${HOME}/${caches}/flaghoist` : '';
}
