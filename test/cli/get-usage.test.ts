import assert from 'node:assert/strict';
import { access, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { commandsFor } from '../../src/cli/commands.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { get, serveSite } from './get-support.ts';
import { stderrOfWrongUsage } from './wrong-usage.ts';

const USAGE = 'usage: flaghoist get [-h] [OPTIONS] [URL ...]';

/** The other messages are in the tests of get-options and values. */
const CASES: [args: string[], said: string][] = [
  [[], 'name URLs, or a list of them with --input FILE'],
  [['-i', '-', '-i', '-'], '--input - can be given once only'],
  [
    ['URL', '--format', 'xml'],
    "--format FORMAT must be one of lines, aria2, csv, tsv, jsonl, json, parquet, not 'xml'",
  ],
  [['URL', '--tree', '-o', '{name}'], '--tree and --output exclude each other'],
  [['URL', '-N', '--no-ledger'], '--newer and --no-ledger exclude each other'],
  [
    ['URL', '-o', 'a{name'],
    '--output TEMPLATE: a "{" without its other half in the name template "a{name"; a brace itself is "{{"',
  ],
  [['URL', '-d', ''], '--directory DIR is empty'],
  [
    ['URL', '--expand', '-o', 'a#1.jpg'],
    "--output TEMPLATE: curl's #1 is not known here; names are made from {name}, {stem}, {index:03} and the like",
  ],
  [['-i', ''], '--input FILE is empty'],
  [['URL', '--bearer', ''], '--bearer TOKEN is empty'],
  [
    ['URL', '--key-column', 'id'],
    '--key-column C: there is no column id, since the rows have none; see also --row-key path and --row-key url-without-query',
  ],
  [
    ['URL', '--key', 'path', '--key-column', 'id'],
    '--key, --row-key and --key-column exclude each other',
  ],
  [['URL', '--row-timeout', '0'], '--row-timeout DURATION must be longer than 0'],
  [
    ['URL', '--max-failures', '101%'],
    "--max-failures N must be a whole number >= 1 or a percentage such as 5%, not '101%'",
  ],
  [['URL', '-m', 'autoo'], "--max-requests N must be a whole number or auto, not 'autoo'"],
  [['URL', '-m', '0'], '--max-requests N must be >= 1'],
  [['URL', '--segments', '17'], '--segments N must be <= 16'],
  [
    ['URL', '--cookies', 'LIST'],
    '--cookies LIST: line 1: not a cookie of seven fields between tabs',
  ],
  [
    ['URL', '--dns-server', '1.1.1.1', '--dns-server', 'dns.example'],
    "--dns-server ADDRESS: 'dns.example' is not the IP address of a name server, such as 1.1.1.1, 1.1.1.1:53 or [::1]:53",
  ],
  [
    ['URL', '--resolve', '-a:80', '--resolve', 'a:80:b'],
    "--resolve HOST:PORT:ADDR: 'b' in 'a:80:b' is not an IP address",
  ],
  [
    ['URL', '--on-collisions', 'fail'],
    "unknown option '--on-collisions' (Did you mean --on-collision?)",
  ],
  [['URL', '--passwrd=s3cr3t'], "unknown option '--passwrd'"],
  [
    ['URL', '--sink', 's3:/KEY:s3cr3t@bucket/x'],
    '--sink WHERE: sink must be tar:DIR, s3://BUCKET/PREFIX or tar:s3://BUCKET/PREFIX, not bucket/x',
  ],
  [
    ['URL', '--sink', 'tar:s3:/KEY:s3cr3t@bucket/x'],
    '--sink WHERE: sink must be tar:DIR, s3://BUCKET/PREFIX or tar:s3://BUCKET/PREFIX, not bucket/x',
  ],
  [
    ['URL', '-d', 's3://KEY:s3cr3t@bucket/x'],
    '--directory DIR is a directory, not a URL; --sink s3://BUCKET/PREFIX saves to S3',
  ],
];

for (const [args, said] of CASES) {
  test(`get ${args.join(' ')}: is wrong usage, and does nothing`, async (t) => {
    const directory = await temporaryDirectory(t);
    const [list, files] = [join(directory, 'list'), join(directory, 'files')];
    await writeFile(list, 'no cookies\n');
    const filled = args.map((arg) => {
      return arg === 'URL' ? 'http://127.0.0.1:1/' : arg === 'LIST' ? list : arg;
    });
    const stderr = await stderrOfWrongUsage(t, 'get', '-d', files, ...filled);
    assert.equal(stderr, `*** Usage error: ${said.replace('LIST', list)}\n${USAGE}\n`);
    await assert.rejects(access(files), { code: 'ENOENT' });
  });
}

test('get: wrong usage is exit code 2, without a request', async (t) => {
  const site = await serveSite(t);
  const files = join(await temporaryDirectory(t), 'files');
  const { code, stdout, stderr } = await get('-d', files, `${site.url}/a`, '--tries', 'x');
  assert.equal(stderr, `*** Usage error: --tries N must be a whole number, not 'x'\n${USAGE}\n`);
  assert.deepEqual([code, stdout, site.paths()], [2, '', []]);
  await assert.rejects(access(files), { code: 'ENOENT' });
});

test('get -h: shows the options most used, and how to see all', () => {
  const [command] = commandsFor(['get', '-h']);
  let help = '';
  command?.configureOutput({ writeOut: (text) => (help += text) }).outputHelp();
  for (const text of ['-i, --input', '-d, --directory', 'Examples:', 'flaghoist get --help']) {
    assert.ok(help.includes(text), text);
  }
  assert.equal(help.includes('--idle-timeout'), false);
});

test('get --help: shows all options in groups', async () => {
  const { code, stdout, stderr } = await get('--help');
  assert.deepEqual([code, stderr], [0, '']);
  for (const group of ['Input', 'Files', 'Run', 'Deadlines', 'Requests', 'Output']) {
    assert.match(stdout, new RegExp(`^${group}\\b.*:$`, 'm'));
  }
  for (const option of [
    '--input',
    '--on-collision',
    '--no-ledger',
    '--dry-run',
    '--lowest-speed',
  ]) {
    assert.ok(stdout.includes(option), option);
  }
});
