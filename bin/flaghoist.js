#!/usr/bin/env node
// Plain JavaScript, since it must load on a Node that is too old for the rest, and say so. It has no
// import statements: for those of a built-in module Node reads all of its exports, and reading some of
// them loads more.

const OLDEST_NODE = 24;

if (Number.parseInt(process.versions.node, 10) >= OLDEST_NODE) {
  await start(process.argv.slice(2));
} else if (!runOnOwnNode()) {
  process.stderr.write(
    `flaghoist needs Node ${OLDEST_NODE} or later; this is ${process.version}. ` +
      'In a checkout, `npm ci` brings a Node that does.\n',
  );
  process.exitCode = 3;
}

/**
 * A checkout has a Node of its own, which runs the command where the system's is too old.
 * @returns false where there is none
 */
function runOnOwnNode() {
  // Node before 20.16 and 22.3 has no such function.
  const builtin = process.getBuiltinModule;
  if (builtin === undefined) return false;
  const file = process.platform === 'win32' ? 'node.exe' : 'node';
  const node = new URL(`../node_modules/node/bin/${file}`, import.meta.url);
  if (!builtin('node:fs').existsSync(node)) return false;
  const path = builtin('node:url').fileURLToPath(node);
  const child = builtin('node:child_process').spawn(path, process.argv.slice(1), {
    stdio: 'inherit',
  });
  const signals = ['SIGHUP', 'SIGINT', 'SIGTERM'];
  // A terminal sends Ctrl-C to both processes: a second signal would end the run at once.
  const forward = (signal) => {
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
  };
  for (const signal of signals) process.on(signal, forward);
  child.on('exit', (code, signal) => {
    for (const one of signals) process.off(one, forward);
    if (signal === null) process.exitCode = code;
    else process.kill(process.pid, signal);
  });
  return true;
}

async function start(args) {
  const { existsSync, readFileSync } = process.getBuiltinModule('node:fs');
  const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));

  // Scripts ask for the version first. That is not worth loading a parser for.
  if (args.length === 1 && (args[0] === '--version' || args[0] === '-V')) {
    process.stdout.write(`${manifest.version}\n`);
    return;
  }

  // A checkout runs its sources, which the published package does not have.
  const source = new URL('../src/cli/main.ts', import.meta.url);
  const isCheckout = existsSync(source);
  keepCompiled(isCheckout ? checkoutCache() : userCache());
  const { main } = isCheckout ? await import(source.href) : loadBuilt();
  await main(args, manifest);
}

/** The command of the package. `require` takes some milliseconds less than `import`. */
function loadBuilt() {
  const { createRequire } = process.getBuiltinModule('node:module');
  return createRequire(import.meta.url)('../dist/command/main.cjs');
}

/**
 * Has Node keep our compiled code from one start to the next. Its default place, the system's temporary
 * directory, is not safe: another user could leave code there for us to run. Node itself respects
 * NODE_COMPILE_CACHE and NODE_DISABLE_COMPILE_CACHE.
 */
function keepCompiled(directory) {
  // A relative path would be a different cache in every working directory.
  if (!process.getBuiltinModule('node:path').isAbsolute(directory)) return;
  // Set in the environment, where threads find it.
  process.env.NODE_COMPILE_CACHE ||= directory;
  process.getBuiltinModule('node:module').enableCompileCache(process.env.NODE_COMPILE_CACHE);
}

/** Where a checkout keeps its caches. */
function checkoutCache() {
  const { fileURLToPath } = process.getBuiltinModule('node:url');
  return fileURLToPath(new URL('../node_modules/.cache/flaghoist', import.meta.url));
}

/** The user's directory for caches; empty for a user without a home directory. */
function userCache() {
  const { HOME, LOCALAPPDATA, XDG_CACHE_HOME } = process.env;
  if (process.platform === 'win32') return LOCALAPPDATA ? `${LOCALAPPDATA}\\flaghoist\\cache` : '';
  if (XDG_CACHE_HOME) return `${XDG_CACHE_HOME}/flaghoist`;
  const caches = process.platform === 'darwin' ? 'Library/Caches' : '.cache';
  return HOME ? `${HOME}/${caches}/flaghoist` : '';
}
