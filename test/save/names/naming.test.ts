import assert from 'node:assert/strict';
import { posix, win32 } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  nameOfUrl,
  numberedName,
  safeName,
  safePath,
  splitName,
  visibleName,
} from '../../../src/save/names/naming.ts';
import { propertyRuns } from '../../support/property-runs.ts';
import { hostileText } from '../hostile.ts';

/** Random text, and text that causes trouble in file names. */
const hostileNames = fc
  .array(
    fc.oneof(
      fc.constantFrom('.', '..', ' ', '/', '\\', ':', '<', '\u0338', '\u0000', '\u0085', '.gif'),
      fc.constantFrom(
        'con',
        'NUL',
        'com1',
        'e\u0301',
        '\u212b',
        '😀',
        '\ud83d',
        '\ude00',
        '%2e%2e%2f',
      ),
      fc.constantFrom('a'.repeat(229), 'é'.repeat(114), '😀'.repeat(57), '.'.repeat(231)),
      fc.string({ unit: 'binary' }),
      // Any UTF-16, including unpaired surrogates.
      fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
    ),
    { maxLength: 6 },
  )
  .map((parts) => parts.join(''));

function always(property: (name: string) => void): void {
  fc.assert(fc.property(hostileNames, property), propertyRuns(1_000));
}

test('safeName: is always one name in its directory', () => {
  always((name) => {
    const safe = safeName(name);
    assert.doesNotMatch(safe, /[\p{Cc}/\\:*?"<>|]/u);
    assert.ok(!['', '.', '..'].includes(safe));
    assert.equal(posix.dirname(posix.join('/d', safe)), '/d');
    assert.equal(win32.dirname(win32.join('C:\\d', safe)), 'C:\\d');
  });
});

test('safeName: is no device of Windows and ends in neither dot nor space', () => {
  always((name) => {
    assert.doesNotMatch(safeName(name), /^(con|prn|aux|nul|com\d|lpt\d)(\..*)?$|[. ]$/i);
  });
});

test('safeName: leaves room in 255 bytes for a temporary name', () => {
  always((name) => {
    const temporary = `.${safeName(name)}.4194304-99999999.part`;
    assert.ok(Buffer.byteLength(temporary) <= 255, `${Buffer.byteLength(temporary)} bytes`);
  });
});

test('safeName: leaves a safe name unchanged', () => {
  always((name) => assert.equal(safeName(safeName(name)), safeName(name)));
});

test('safeName: is well-formed Unicode in composed form', () => {
  always((name) => {
    const safe = safeName(name);
    assert.ok(safe.isWellFormed());
    assert.equal(safe, safe.normalize('NFC'));
  });
});

for (const [name, safe] of [
  ['br.gif', 'br.gif'],
  ['Ελλάδα 2.gif', 'Ελλάδα 2.gif'],
  ['.hidden', '.hidden'],
  ['a/b\\c', 'a_b_c'],
  ['../../etc/passwd', '.._.._etc_passwd'],
  ['/etc/passwd', '_etc_passwd'],
  ['C:\\x', 'C__x'],
  ['a\u0000b\nc\u007fd\u009f', 'a_b_c_d_'],
  ['what?*"<>|:', 'what_______'],
  ['', '_'],
  ['.', '_'],
  ['..', '_'],
  [' . .', '_'],
  ['a. . ', 'a'],
  ['CON', '_CON'],
  ['nul.txt', '_nul.txt'],
  ['com1.', '_com1'],
  ['con .', '_con'],
  ['LPT9.a.b', '_LPT9.a.b'],
  ['console.log', 'console.log'],
  ['com10', 'com10'],
  ['cafe\u0301', 'caf\u00e9'],
  ['a\ud83d', 'a\ufffd'],
  ['com¹', '_com¹'],
  ['LPT³.gif', '_LPT³.gif'],
  ['con .txt', '_con .txt'],
  ['CONIN$', '_CONIN$'],
  ['CONOUT$.log', '_CONOUT$.log'],
  ['com¹0', 'com¹0'],
  ['a\u202egpj.exe', 'a_gpj.exe'],
  ['a\u2028b\u2029c', 'a_b_c'],
  ['\u200ea\u2066b\u061c', '_a_b_'],
  ['می\u200cخواهم.gif', 'می\u200cخواهم.gif'],
] as const) {
  test(`safeName: ${JSON.stringify(name)} is ${JSON.stringify(safe)}`, () => {
    assert.equal(safeName(name), safe);
  });
}

test('safeName: a long name keeps its extension', () => {
  assert.equal(safeName(`${'a'.repeat(300)}.gif`), `${'a'.repeat(227)}.gif`);
  assert.equal(safeName(`${'a'.repeat(227)}.gif`), `${'a'.repeat(227)}.gif`, 'just fits');
});

test('safeName: an extension that is too long is cut like the rest', () => {
  assert.equal(safeName(`a.${'b'.repeat(300)}`), `a.${'b'.repeat(229)}`);
});

test('safeName: no character is split at the cut', () => {
  assert.equal(safeName(`${'😀'.repeat(99)}.gif`), `${'😀'.repeat(56)}.gif`);
  assert.equal(safeName(`a${'😀'.repeat(99)}`), `a${'😀'.repeat(57)}`);
  assert.equal(safeName('é'.repeat(200)), 'é'.repeat(115));
});

test('safeName: dots and spaces at the cut are dropped', () => {
  assert.equal(safeName(`${'a'.repeat(230)}.${'b'.repeat(50)}`), 'a'.repeat(230));
  assert.equal(safeName(`${'.'.repeat(300)}é`), '_');
  assert.equal(safeName(`con${' '.repeat(300)}é`), '_con');
});

for (const [path, name] of [
  ['/a/b/br.gif', 'br.gif'],
  ['/br.gif?x=/y.png#/z.png', 'br.gif'],
  ['', 'index.html'],
  ['/', 'index.html'],
  ['/a/', 'index.html'],
  ['/a/..', 'index.html'],
  ['/%2e%2e', 'index.html'],
  ['/%2e%2e%2f%2e%2e%2fetc%2fpasswd', '_._.._etc_passwd'],
  ['/..%2f..%2fetc%2fpasswd', '_._.._etc_passwd'],
  ['/..%5c..%5cboot.ini', '_._.._boot.ini'],
  ['/%252e%252e%252f', '%2e%2e%2f'],
  ['/a%00.gif', 'a_.gif'],
  ['/%20', '_'],
  ['/con', '_con'],
  ['/S%C3%A3o%20Paulo.gif', 'São Paulo.gif'],
  ['/Sa%CC%83o.gif', 'São.gif'],
  ['/100%.gif', '100%.gif'],
  ['/%ff%fe.gif', '%ff%fe.gif'],
  ['/a+b.gif', 'a+b.gif'],
] as const) {
  test(`nameOfUrl: ${path} is saved as ${name}`, () => {
    assert.equal(nameOfUrl(`http://h${path}`), name);
  });
}

test('nameOfUrl: decodes what was encoded, and makes it safe', () => {
  always((name) => {
    fc.pre(name !== '' && name !== '.' && name !== '..' && name.isWellFormed());
    assert.equal(nameOfUrl(`http://h/d/${encodeURIComponent(name)}`), safeName(visibleName(name)));
  });
});

for (const [name, visible] of [
  ['.bashrc', '_bashrc'],
  ['..a', '_.a'],
  ['\u200b.git', '_git'],
  ['GIT~1', 'GIT_1'],
  ['a.b', 'a.b'],
] as const) {
  test(`visibleName: ${JSON.stringify(name)} is ${visible}`, () => {
    assert.equal(visibleName(name), visible);
  });
}

test('nameOfUrl: throws for an invalid URL', () => {
  assert.throws(() => nameOfUrl('/br.gif'), { name: 'TypeError', code: 'ERR_INVALID_URL' });
});

for (const [name, stem, extension] of [
  ['br.gif', 'br', 'gif'],
  ['a.tar.gz', 'a.tar', 'gz'],
  ['README', 'README', ''],
  ['.hidden', '.hidden', ''],
  ['a.', 'a.', ''],
  ['a.b c', 'a.b c', ''],
] as const) {
  test(`splitName: ${name}`, () => assert.deepEqual(splitName(name), { stem, extension }));
}

for (const [name, numbered] of [
  ['br.gif', 'br-1.gif'],
  ['a.tar.gz', 'a-1.tar.gz'],
  ['README', 'README-1'],
  ['.hidden', '.hidden-1'],
] as const) {
  test(`numberedName: ${name} with a number is ${numbered}`, () => {
    assert.equal(numberedName(name, 1), numbered);
  });
}

test('numberedName: is as safe as the name, and differs for each number', () => {
  always((name) => {
    const safe = safeName(name);
    const numbered = [1, 2, 10, 123_456].map((number) => numberedName(safe, number));
    assert.equal(new Set([safe, ...numbered]).size, 5);
    for (const other of numbered) assert.equal(safeName(other), other);
  });
});

test('safePath: never leaves its directory, and never is the run’s own directory', () => {
  const property = fc.property(
    fc.option(hostileText, { nil: undefined }),
    hostileText,
    (directory, path) => {
      const safe = safePath(directory, path);
      for (const { join, relative, isAbsolute, sep } of [posix, win32]) {
        const root = join(sep, 'root', 'run');
        const back = relative(root, join(root, safe));
        assert.ok(back !== '' && back.split(sep)[0] !== '..' && !isAbsolute(back), back);
        assert.equal(back.split(sep).length, safe.split('/').length, 'no segment is dropped');
      }
      for (const segment of safe.split('/')) {
        assert.ok(Buffer.byteLength(segment) <= 231);
        assert.doesNotMatch(segment, /^$|[\p{Cc}\\:*?"<>|]|[. ]$/u);
      }
      const first = (safe.split('/')[0] ?? '').toUpperCase().toLowerCase();
      assert.notEqual(first, '.flaghoist');
    },
  );
  fc.assert(property, propertyRuns(2_000));
});

for (const [directory, path, safe] of [
  [undefined, 'a.gif', 'a.gif'],
  [undefined, 'h/x/a.gif', 'h/x/a.gif'],
  [undefined, '//x///a.gif', 'x/a.gif'],
  [undefined, 'x/', 'x/_'],
  [undefined, '', '_'],
  ['sub', 'a.gif', 'sub/a.gif'],
  ['sub/deep', 'h/a.gif', 'sub/deep/h/a.gif'],
  ['sub\\deep', 'a.gif', 'sub/deep/a.gif'],
  ['./sub/.', 'a.gif', 'sub/a.gif'],
  ['/etc', 'passwd', 'etc/passwd'],
  ['C:\\etc', 'passwd', 'C_/etc/passwd'],
  ['../..', 'a.gif', '_/_/a.gif'],
  ['', 'a.gif', 'a.gif'],
  ['.flaghoist', 'ledger.db', '_.flaghoist/ledger.db'],
  ['./.FLAGHOIST/parts', 'x', '_.FLAGHOIST/parts/x'],
  [undefined, '.flaghoist', '_.flaghoist'],
  ['sub/.flaghoist', 'x', 'sub/_.flaghoist/x'],
  ['.hidden', 'x', '.hidden/x'],
] as const) {
  test(`safePath: ${path} in ${directory} is ${safe}`, () => {
    assert.equal(safePath(directory, path), safe);
  });
}
