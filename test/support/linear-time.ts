/** What shows that a parser takes no more than linear time, whatever it is fed. */
import assert from 'node:assert/strict';

/** Characters that parsers and regular expressions treat in ways of their own, one class each. */
const CHARACTERS = [
  ...['.', ' ', '\t', 'a', '0', '@', '%', '"', "'", '\\', ',', ';', '/', ':', '#', '?', '&'],
  ...['=', '-', '+', '*', '~', '_', '!', '(', ')', '[', ']', '{', '}', '<', '>', '|', '$', '`'],
  ...['\n', '\r', '\u0000', '\u001b', '\u0085', '\u00a0', '\u00e9', '\u202e', '\u200b', '\ufeff'],
  ...['\u0301', '\u6f22', '\u{1f600}', '\ud83d', '\ude00'],
];

/** Pairs of which one begins what the other is to end, or goes on with. */
const SEQUENCES = [
  ...[
    'a@',
    'a:',
    'a.',
    'a ',
    ' a',
    'a=',
    ';a=',
    ';a',
    'a,',
    '"a',
    '""',
    '"a",',
    '"\n',
    '\\"',
    "''",
  ],
  ...[
    '//',
    '/a',
    '../',
    '://',
    'http:',
    'http://',
    'http://a@',
    'http://a:a@h ',
    '%41',
    '%2',
    '=?',
  ],
  ...[
    '=?a?q?',
    '[1',
    '[1-2]',
    '[:',
    '[:%',
    '{a',
    '{a,',
    '{a}',
    '((',
    '(a',
    '--',
    '-a',
    '0.',
    '0-0',
  ],
  ...['\r\n', ' \n', '\n\t', '\n a=', '\n,', '\u0301a', 'CON.', '~1'],
];

/** What follows many of them: nothing, or a last character that is another one. */
const ENDS = ['', 'x', '@'];

/** In characters: enough for a quadratic parser to take seconds, and a linear one some ms. */
const LENGTH = 65_536;

/** CPU time for one text, in ms. */
const MOST_MS = 400;

/**
 * Asserts that `parse` takes linear time for texts that are made of one character or sequence over and
 * over. It may return or throw whatever it likes, except a RangeError: a stack that overflows is not
 * linear either.
 *
 * CPU time is measured, so another process that is busy does not matter.
 *
 * @param parse takes the text, or puts it into the place of what it reads (`` `http://h/${text}` ``)
 */
export function assertLinear(parse: (text: string) => unknown): void {
  for (const unit of [...CHARACTERS, ...SEQUENCES]) {
    const repeated = unit.repeat(Math.ceil(LENGTH / unit.length));
    for (const end of ENDS) {
      const ms = cpuTimeOf(parse, repeated + end);
      const what = `${JSON.stringify(unit)} over and over, then ${JSON.stringify(end)}`;
      assert.ok(ms < MOST_MS, `${what}: ${Math.round(ms)} ms`);
    }
  }
}

/** In ms. @throws RangeError as `parse` does */
function cpuTimeOf(parse: (text: string) => unknown, text: string): number {
  const before = process.threadCpuUsage();
  try {
    parse(text);
  } catch (error) {
    if (error instanceof RangeError) throw error;
  }
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1000;
}
