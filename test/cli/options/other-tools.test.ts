import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GET_OPTIONS } from '../../../src/cli/options/get-options.ts';
import { inOurWords, OTHER_OPTIONS } from '../../../src/cli/options/other-tools.ts';
import { UsageError } from '../../../src/cli/options/values.ts';

/** The arguments of `get`, and what they become; or what is said about them. */
function translated(...args: string[]): readonly string[] {
  try {
    return inOurWords(['get', ...args]).slice(1);
  } catch (error) {
    assert.ok(error instanceof UsageError, String(error));
    return [error.message, ...error.others];
  }
}

for (const [args, expected] of [
  [
    ['-kqd', 'x', 'URL'],
    ['-k', '-q', '-d', 'x', 'URL'],
  ],
  [
    ['-P', 'x', '-Py', '--directory-prefix=z'],
    ['--directory', 'x', '--directory', 'y', '--directory', 'z'],
  ],
  [
    ['-qPx', '--no-check-certificate'],
    ['-q', '--directory', 'x', '--insecure'],
  ],
  [['--check-certificate=false'], ['--insecure']],
  [
    ['--referer', 'http://a/'],
    ['--header', 'Referer: http://a/'],
  ],
  [
    ['--parallel-max=8', '-J'],
    ['--max-requests', '8', '--content-disposition'],
  ],
  [
    ['--input-file', 'list'],
    ['--input', 'list'],
  ],
  // Values are not looked at as options, and what follows -- is not either.
  [
    ['-H', '-L', '--user=-L', '-m4', '--', '-L'],
    ['-H', '-L', '--user=-L', '-m4', '--', '-L'],
  ],
  [
    ['-NL4'],
    [
      "curl's -L is not needed: redirects are followed; see --max-redirects",
      '-4 of curl and wget is not needed: both are tried, and the faster is used; see --resolve',
    ],
  ],
  [
    ['-%', '--nonsense', '-q%'],
    ['-%', '--nonsense', '-q', '-%'],
  ],
  [
    ['-c'],
    [
      '-c of wget and aria2 is not needed: the same command goes on where the last one stopped, also within files',
    ],
  ],
  [
    ['-O', 'http://a/'],
    ["curl's -O is not needed: files are named after their URLs; -o names them otherwise"],
  ],
  ...[['-qO-'], ['-O', '-']].map(
    (args) =>
      [args, ["curl's -O is not needed, and wget's -O - is -o - here: one URL to stdout"]] as const,
  ),
  [['--digest'], ['--digest']],
  [['--retry', '3'], ["curl's --retry is --tries 4 here: the first try counts"]],
  [['--retry=3'], ["curl's --retry is --tries 4 here: the first try counts"]],
  [
    ['-nc'],
    [
      "wget's -nc is not needed: a file that is there is never overwritten; see --on-collision skip",
    ],
  ],
  [
    ['-d', 'a=b', 'URL'],
    ["curl's -d is data to send; here it is the directory, and flaghoist only sends GET requests"],
  ],
  [
    ['--cookie', 'session=s3cr3t'],
    ["curl's --cookie is --cookies FILE here, or -H 'Cookie: NAME=VALUE'"],
  ],
  [
    ['-x16'],
    [
      "aria2's -x is connections for each server; here it is the proxy, and connections for one file are --segments N",
    ],
  ],
] as const) {
  test(`inOurWords: ${args.join(' ')}`, () => {
    assert.deepEqual(translated(...args), expected);
  });
}

test('inOurWords: other commands are left alone', () => {
  for (const args of [['flags', '-s', 'LOCAL'], ['report', '-o', 'a.log'], ['help'], []]) {
    assert.deepEqual(inOurWords(args), args);
  }
});

test('OTHER_OPTIONS: each option is there once, is not ours, and is answered or understood', () => {
  const all = OTHER_OPTIONS.flatMap(({ flags }) => flags);
  const ours = Object.values(GET_OPTIONS).flatMap(({ flags }) => flags.split(/[ ,]+/));
  assert.deepEqual(
    all.filter((flag) => ours.includes(flag)),
    [],
  );
  assert.deepEqual(
    all.filter((flag, i) => all.indexOf(flag) !== i),
    [],
  );
  for (const option of OTHER_OPTIONS) {
    const ways = [option.is, option.say, option.sayOf].filter((way) => way !== undefined);
    assert.equal(ways.length, 1, option.flags.join());
    assert.ok(option.is === undefined || ours.includes(option.is), option.flags.join());
  }
});

test('OTHER_OPTIONS: the habits of curl, wget and aria2 are all there', () => {
  const habits =
    '-O -c -L -k -j -s -S -f -J -C -T -w -P -nc -nv -np -r -e -X -I -Z --limit-rate --continue --insecure --max-time --connect-timeout --retry --retry-delay --max-filesize --output-dir --create-dirs --compressed --location --fail --remote-name --remote-name-all --user-agent --referer --data --head --parallel --parallel-max --max-concurrent-downloads --max-connection-per-server --split --dir --out --input-file --header --load-cookies --check-certificate=false --no-check-certificate --tries --timeout --wait --no-clobber --directory-prefix --quiet --silent --max-redirs --cookie --proxy --user';
  for (const habit of habits.split(' ')) {
    const isKnown =
      OTHER_OPTIONS.some(({ flags }) => flags.includes(habit)) ||
      [
        '-k',
        '--insecure',
        '--connect-timeout',
        '--user-agent',
        '--header',
        '--tries',
        '--quiet',
        '--silent',
        '--proxy',
        '--user',
      ].includes(habit);
    assert.ok(isKnown, habit);
  }
});
