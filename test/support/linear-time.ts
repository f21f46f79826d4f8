/** Checks that a parser takes linear time for adversarial texts. */
import assert from 'node:assert/strict';

/** Characters that parsers and regular expressions treat differently, one for each class. */
const CHARACTERS = [
  ...['.', ' ', '\t', 'a', '0', '@', '%', '"', "'", '\\', ',', ';', '/', ':', '#', '?', '&'],
  ...['=', '-', '+', '*', '~', '_', '!', '(', ')', '[', ']', '{', '}', '<', '>', '|', '$', '`'],
  ...['\n', '\r', '\u0000', '\u001b', '\u0085', '\u00a0', '\u00e9', '\u202e', '\u200b', '\ufeff'],
  ...['\u0301', '\u6f22', '\u{1f600}', '\ud83d', '\ude00'],
];

/** Sequences that begin a construct without ending it, or go on with one. */
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

/** The text after the repetitions. */
const ENDS = ['', 'x', '@'];

/** In characters: a quadratic parser takes 0.15 s and more for such a text, a linear one some ms. */
const LENGTH = 16_384;

/** The most CPU time for one text, in ms. */
const MOST_MS = 75;

/** How often a text is parsed that took longer: the compiler or the collector may have come in between. */
const TRIES = 3;

/**
 * Asserts that `parse` takes linear time for texts that repeat one character or sequence. It may return
 * or throw any value except a RangeError, which a stack overflow is.
 *
 * It measures CPU time, so other busy processes do not matter.
 *
 * @param parse parses the text, by itself or within another text (`` `http://h/${text}` ``)
 */
export function assertLinear(parse: (text: string) => unknown): void {
  for (const unit of [...CHARACTERS, ...SEQUENCES]) {
    const repeated = unit.repeat(Math.ceil(LENGTH / unit.length));
    for (const end of ENDS) {
      let ms = cpuTimeOf(parse, repeated + end);
      for (let n = 1; n < TRIES && ms >= MOST_MS; n++) ms = cpuTimeOf(parse, repeated + end);
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
