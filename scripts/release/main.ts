// npm run release: checks that the version in the changelog can be released. With --write, it commits
// and tags that version. It never pushes or publishes.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { dateUnreleased, findUnreleased, isLater } from './changelog.ts';

const CHANGELOG = 'CHANGELOG.md';

function run(program: string, ...args: readonly string[]): void {
  console.log(`\n> ${program} ${args.join(' ')}`);
  execFileSync(program, args, { stdio: 'inherit', shell: process.platform === 'win32' });
}

function assertClean(): void {
  const changed = execFileSync('git', ['status', '--porcelain'], { encoding: 'utf8' });
  if (changed !== '') throw new Error(`the checkout has changes:\n${changed}`);
}

function release({ write }: { readonly write: boolean }): void {
  const changelog = readFileSync(CHANGELOG, 'utf8');
  const { version, entries } = findUnreleased(changelog);
  const current: string = JSON.parse(readFileSync('package.json', 'utf8')).version;
  if (entries.length === 0) throw new Error(`${CHANGELOG} has no entry for ${version}`);
  if (!isLater(version, current)) throw new Error(`${version} is not later than ${current}`);
  assertClean();

  run('npm', 'run', 'check');
  run('npm', 'test');
  run('npm', 'audit', '--omit=dev');
  run('npm', 'pack', '--dry-run');
  if (!write) {
    console.log(`\n${version} can be released: npm run release -- --write`);
    return;
  }

  // The checks must not have left anything behind that would be committed.
  assertClean();
  writeFileSync(CHANGELOG, dateUnreleased(changelog, new Date().toISOString().slice(0, 10)));
  run('npm', 'version', version, '--no-git-tag-version');
  run('git', 'commit', '--all', '--message', `Release ${version}`);
  run('git', 'tag', '--annotate', `v${version}`, '--message', `flaghoist ${version}`);
  console.log('\nTo publish it:\n  git push --follow-tags\n  npm publish');
}

try {
  const { values } = parseArgs({ options: { write: { type: 'boolean', default: false } } });
  release(values);
} catch (error) {
  console.error(`release: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}
