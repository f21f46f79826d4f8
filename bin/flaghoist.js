#!/usr/bin/env node
// The one plain JavaScript file: it must load on a Node that is too old for the rest, to say so.
import { existsSync } from 'node:fs';

const OLDEST_NODE = 24;

if (Number.parseInt(process.versions.node, 10) < OLDEST_NODE) {
  process.stderr.write(
    `flaghoist needs Node ${OLDEST_NODE} or later; this is ${process.version}. ` +
      'In a checkout, run it as `npm start`, which brings its own.\n',
  );
  process.exitCode = 3;
} else {
  // A checkout runs its sources; the published package has none of them.
  const source = new URL('../src/cli/main.ts', import.meta.url);
  const built = new URL('../dist/cli/main.js', import.meta.url);
  await import((existsSync(source) ? source : built).href);
}
