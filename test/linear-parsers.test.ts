// Slow: seconds of computation.
/** What stands in a list, an option or a ledger's condition may be as long as it likes: no parser may take more than its length. */
import { test } from 'node:test';
import { parseWhere } from '../src/ledger/read/where.ts';
import { parseHttpDate } from '../src/model/http-date.ts';
import { originOf } from '../src/model/origin-of.ts';
import { parseDuration } from '../src/model/parse-duration.ts';
import { parseSize } from '../src/model/parse-size.ts';
import { safeArguments } from '../src/model/safe-arguments.ts';
import { printable, printableJson, safeLine } from '../src/model/safe-text.ts';
import { withoutCredentials, withoutUserinfo } from '../src/model/without-credentials.ts';
import { commandLine } from '../src/report/command-line.ts';
import { compileTemplate, TREE_TEMPLATE } from '../src/save/names/name-template.ts';
import {
  nameOfUrl,
  numberedName,
  safeName,
  safePath,
  splitName,
} from '../src/save/names/naming.ts';
import { quoted } from '../src/source/bad-value.ts';
import { checkUrl } from '../src/source/check-url.ts';
import { expandPattern } from '../src/source/expand-pattern.ts';
import { parseHeader } from '../src/source/formats/aria2-entry.ts';
import { parseRecords } from '../src/source/formats/csv-records.ts';
import { decodeUtf8 } from '../src/source/line-splitter.ts';
import { parseChecksum } from '../src/source/parse-checksum.ts';
import { assertLinear } from './support/linear-time.ts';

const tree = compileTemplate(TREE_TEMPLATE);

const PARSERS: Readonly<Record<string, (text: string) => unknown>> = {
  checkUrl: (text) => checkUrl(`http://h/${text}`),
  'checkUrl, of no URL': checkUrl,
  compileTemplate: (text) => compileTemplate(text),
  'compileTemplate, of a tree': (text) =>
    tree.pathOf({ item: { index: 0, url: `http://h/${text}` } }),
  commandLine: (text) => commandLine([text]),
  expandPattern: (text) => expandPattern(text)[Symbol.iterator]().next(),
  nameOfUrl: (text) => nameOfUrl(`http://h/${text}`),
  numberedName: (text) => numberedName(text, 1),
  originOf: (text) => originOf(`http://${text}`),
  decodeUtf8: (text) => decodeUtf8(`${Buffer.from(`${text}\ufffd`).toString('latin1')}\xff`),
  parseChecksum,
  parseDuration,
  parseHeader,
  parseHttpDate,
  'parseRecords, of a line': (text) => parseRecords([{ number: 1, text, problem: undefined }], ','),
  parseSize,
  parseWhere,
  printable,
  printableJson: (text) => printableJson(JSON.stringify(text)),
  quoted,
  safeArguments: (text) => safeArguments([text, `-${text}`, `--${text}`]),
  safeLine,
  safeName,
  safePath: (text) => safePath(text, text),
  splitName,
  withoutCredentials,
  'withoutCredentials, of a URL': (text) => withoutCredentials(`http://${text}@`),
  withoutUserinfo: (text) => withoutUserinfo(`http://${text}@`),
};

for (const [name, parse] of Object.entries(PARSERS)) {
  test(`${name}: takes no longer than the text is long`, () => assertLinear(parse));
}
