// The first file that runs in the executable made by `npm run build:binary`. Threads, pages and flags are
// files, and the executable's own files cannot be opened as such: they are unpacked once for each version,
// into the user's cache, and run from there.
const fs = require('node:fs');
const { createRequire, enableCompileCache } = require('node:module');
const os = require('node:os');
const path = require('node:path');
const { getAsset, getAssetKeys, getRawAsset } = require('node:sea');

const root = unpacked();
// In the environment, so that threads have it too.
process.env.NODE_COMPILE_CACHE ||= path.join(root, 'compiled');
enableCompileCache(process.env.NODE_COMPILE_CACHE);
const load = createRequire(path.join(root, 'bin', 'flaghoist'));
const [, , first = '', ...rest] = process.argv;
// `compare` starts this executable again to run a program in a process of its own.
if (path.dirname(first) === path.join(root, 'dist', 'command', 'styles')) {
  process.argv.splice(1, 2, first);
  load(first);
} else {
  const manifest = load('../package.json');
  if (rest.length === 0 && (first === '--version' || first === '-V')) {
    process.stdout.write(`${manifest.version}\n`);
  } else {
    load('../dist/command/main.cjs').main(process.argv.slice(2), manifest);
  }
}

/** @returns the folder with the executable's files */
function unpacked() {
  const cache = cacheFolder();
  const folder = path.join(cache, `binary-${getAsset('version', 'utf8')}`);
  if (fs.existsSync(folder)) return folder;
  fs.mkdirSync(cache, { recursive: true, mode: 0o700 });
  // Beside its place and renamed, so that a kill, or a second process, never leaves half of it.
  const beside = fs.mkdtempSync(`${folder}-`);
  for (const key of getAssetKeys()) {
    const file = path.join(beside, key);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, new Uint8Array(getRawAsset(key)));
  }
  try {
    fs.renameSync(beside, folder);
  } catch (error) {
    fs.rmSync(beside, { recursive: true });
    if (!fs.existsSync(folder)) throw error;
  }
  return folder;
}

/** As bin/flaghoist.js has it. Without a home, a folder of this process alone. */
function cacheFolder() {
  const { HOME, LOCALAPPDATA, XDG_CACHE_HOME } = process.env;
  if (process.platform === 'win32' && LOCALAPPDATA)
    return path.join(LOCALAPPDATA, 'flaghoist', 'cache');
  if (XDG_CACHE_HOME && path.isAbsolute(XDG_CACHE_HOME))
    return path.join(XDG_CACHE_HOME, 'flaghoist');
  const caches = process.platform === 'darwin' ? 'Library/Caches' : '.cache';
  if (HOME && path.isAbsolute(HOME)) return path.join(HOME, caches, 'flaghoist');
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'flaghoist-'));
  process.on('exit', () => fs.rmSync(folder, { recursive: true, force: true }));
  return folder;
}
