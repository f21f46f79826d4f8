import assert from 'node:assert/strict';
import { execFile, spawn, spawnSync } from 'node:child_process';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { createCommand } from '../../../src/cli/command.ts';
import { completionScript } from '../../../src/cli/commands/completion.ts';
import { commandsFor } from '../../../src/cli/commands.ts';
import type { Shell } from '../../../src/cli/options/other-commands.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { runFlaghoist } from '../run-flaghoist.ts';

/** What is typed, with a tab at its end; and the arguments that the command gets. */
const LINES: readonly (readonly [typed: string, args: readonly string[]])[] = [
  ['ret', ['retry']],
  ['--on-coll', ['--on-collision']],
  ['get --on-collision ov', ['get', '--on-collision', 'overwrite']],
  ['get --format=jsonl', ['get', '--format=jsonl']],
  ['get --max-req', ['get', '--max-requests']],
  ['get -i li', ['get', '-i', 'list.txt']],
  ['get -d oth', ['get', '-d', 'other']],
  ['status ', ['status', 'done']],
  ['report do', ['report', 'done']],
  ['retry --reason too-sl', ['retry', '--reason', 'too-slow']],
  ['retry --where reason=timeout-f', ['retry', '--where', 'reason=timeout-first-byte']],
  ["report done --where 'reason = tls", ['report', 'done', '--where', 'reason = tls']],
  [
    "report done --where 'status in (failed, not-",
    ['report', 'done', '--where', 'status in (failed, not-found'],
  ],
  ['report done --where lastM', ['report', 'done', '--where', 'lastModified']],
  ['serve --fault gzip-b', ['serve', '--fault', 'gzip-bomb']],
  ['serve DEL', ['serve', 'DELAY']],
  ['completion fi', ['completion', 'fish']],
];

/** A directory with a list, and two directories of which one has a ledger; and the script. */
async function prepare(t: TestContext, shell: Shell): Promise<{ cwd: string; script: string }> {
  const directory = await temporaryDirectory(t);
  const cwd = join(directory, 'here');
  await mkdir(join(cwd, 'done', '.flaghoist'), { recursive: true });
  await mkdir(join(cwd, 'other'));
  await writeFile(join(cwd, 'done', '.flaghoist', 'ledger.db'), '');
  await writeFile(join(cwd, 'list.txt'), '');
  const program = createCommand('flaghoist');
  for (const command of commandsFor(['completion'])) program.addCommand(command);
  const script = join(directory, 'script');
  await writeFile(script, completionScript(shell, program));
  return { cwd, script };
}

/** Types the lines into a shell on a terminal. @returns the arguments of each command line */
async function typed(t: TestContext, shell: 'bash' | 'zsh', command: string): Promise<string[][]> {
  const { cwd, script } = await prepare(t, shell);
  const environment = { PATH: process.env.PATH ?? '', TERM: 'dumb', HOME: cwd };
  const child = spawn('script', ['-q', '-c', command, '/dev/null'], {
    cwd,
    env: environment,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  t.after(() => child.kill());
  const waiting = LINES.map(([line]) => `flaghoist ${line}\t\n`);
  const found: string[][] = [];
  let output = '';
  // The shell prints none of these words before it has read the line.
  child.stdin.write(
    `flaghoist() { printf '<%s>' "$@"; echo '|'; }; source ${script}; echo RE''ADY\n`,
  );
  for await (const chunk of child.stdout) {
    output += chunk;
    const end = /READY\r|((?:<[^>]*>)+)\|\r/.exec(output);
    if (end === null) continue;
    output = output.slice(end.index + end[0].length);
    if (end[1] !== undefined) found.push(end[1].slice(1, -1).split('><'));
    const next = waiting.shift();
    if (next === undefined) child.stdin.end('exit\n');
    else child.stdin.write(next);
  }
  return found;
}

const withoutSlash = (args: readonly string[]) => args.map((arg) => arg.replace(/\/$/, ''));

function skipWithout(shell: string): string | false {
  return spawnSync(shell, ['-c', 'exit']).status === 0 ? false : `there is no ${shell} here`;
}

for (const [shell, command] of [
  ['bash', 'bash --norc --noprofile -i'],
  ['zsh', 'zsh -f -i'],
] as const) {
  test(`completion: ${shell} completes commands, options and values`, {
    skip: skipWithout(shell),
  }, async (t) => {
    const found = await typed(t, shell, command);
    assert.deepEqual(
      found.map(withoutSlash),
      LINES.map(([, args]) => args),
    );
  });
}

test('completion: zsh loads no functions from where all may write', {
  skip: skipWithout('zsh'),
}, async (t) => {
  const { cwd, script } = await prepare(t, 'zsh');
  const functions = join(cwd, 'functions');
  await mkdir(functions);
  await writeFile(join(functions, '_theirs'), '#compdef theirs\n');
  const found = async (mode: number) => {
    await chmod(functions, mode);
    const command = `fpath=(${functions} $fpath); source ${script}; print -- "<$_comps[theirs]>"`;
    const environment = { PATH: process.env.PATH, HOME: await temporaryDirectory(t) };
    return (await promisify(execFile)('zsh', ['-f', '-c', command], { env: environment })).stdout;
  };
  assert.equal(await found(0o755), '<_theirs>\n');
  assert.equal(await found(0o777), '<>\n');
});

test('completion: fish completes commands, options and values', {
  skip: skipWithout('fish'),
}, async (t) => {
  const { cwd, script } = await prepare(t, 'fish');
  const asked = LINES.map(([line]) => `echo; complete -C ${JSON.stringify(`flaghoist ${line}`)}`);
  const { stdout } = await promisify(execFile)(
    'fish',
    ['--no-config', '-c', `source ${script}; ${asked.join('; ')}`],
    { cwd, env: { PATH: process.env.PATH ?? '', HOME: cwd } },
  );
  const offered = stdout.trimStart().split('\n\n');
  for (const [i, [line, args]] of LINES.entries()) {
    const words = (offered[i] ?? '').split('\n').map((word) => word.split('\t')[0] ?? '');
    assert.ok(withoutSlash(words).includes(args.at(-1) ?? ''), `${line}: ${words.join(' ')}`);
  }
});

test('completion: fish has descriptions', () => {
  const program = createCommand('flaghoist');
  for (const command of commandsFor(['completion'])) program.addCommand(command);
  assert.match(completionScript('fish', program), /from flags' -l all -s a -d 'all the flags/);
});

test('completion: prints the script; an unknown shell is wrong usage', async () => {
  const [zsh, tcsh] = await Promise.all(
    ['zsh', 'tcsh'].map((shell) => runFlaghoist('completion', shell)),
  );
  assert.deepEqual([zsh?.code, zsh?.stderr], [0, '']);
  assert.match(zsh?.stdout ?? '', /^complete .* flaghoist$/m);
  assert.equal(tcsh?.code, 2);
  assert.match(
    tcsh?.stderr ?? '',
    /^\*\*\* Usage error: SHELL must be one of bash, zsh, fish, not 'tcsh'\n/,
  );
});
