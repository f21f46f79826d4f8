/** Hostile names, in every encoding in which a list or a server may send them. */
import fc from 'fast-check';

/** Pieces that leave directories, name devices, look like other names, or are long. */
const PIECES = [
  ...[
    '..',
    '.',
    '/',
    '\\',
    '../',
    '..\\',
    '..;/',
    '/etc/passwd',
    'C:\\',
    'C:',
    '\\\\host\\share',
    '~/',
  ],
  ...[
    '%2e%2e%2f',
    '%2E%2E/',
    '%252e%252e%252f',
    '%5c',
    '%00',
    '%c0%ae%c0%ae%c0%af',
    '%u002e%u002e',
  ],
  ...['\uff0e\uff0e\uff0f', '\u2024\u2024', '\u2215', '\u29f5', '\u00c0\u00ae', '\u0000', '\u0085'],
  ...['CON', 'nul.txt', 'COM1', 'com¹', 'LPT³.gif', 'aux .txt', 'CONIN$', 'prn', 'con\uff0e'],
  ...['a:b', 'a.txt:$DATA', 'x.', 'x ', 'x. . ', '. ', ' .', '...', '?', '*', '<', '>', '|', '"'],
  ...['\u00e9', 'e\u0301', '\u212b', 'A\u030a', '\ufb01', 'ß', 'ı', 'K'],
  ...[
    '\u202e',
    '\u2066',
    '\u200e',
    '\u200c',
    '\ufeff',
    '\u2028',
    '\u001b[2J',
    '\u009b',
    '\u007f',
    '\r\n',
  ],
  ...['\ud83d', '\ude00', '😀'.repeat(60), 'a'.repeat(231), 'é'.repeat(116), '.'.repeat(300)],
  ...['.flaghoist', '.FLAGHOIST', '.flag\u200choist', '\u200c.flaghoist', 'FLAGHO~1', '.ﬂaghoist'],
  ...[
    '.flaghoist.',
    '.flaghoist ',
    '.flaghoist:$I30',
    'ledger.db',
    'parts',
    'a',
    '.gif',
    '.tar.gz',
  ],
];

/** Text made of such pieces and of random ones. */
export const hostileName = fc
  .array(
    fc.oneof(
      { weight: 5, arbitrary: fc.constantFrom(...PIECES) },
      { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 4 }) },
    ),
    { minLength: 1, maxLength: 4 },
  )
  .map((pieces) => pieces.join(''));

/** All bytes, percent-encoded. */
function escaped(bytes: Uint8Array): string {
  return [...bytes].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
}

const utf8 = (text: string) => Buffer.from(text.toWellFormed());
/** The bytes of a header as Node represents them. */
const asHeader = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');

/** The ways to write a name into a URL's path. */
const IN_URL: readonly ((name: string) => string)[] = [
  (name) => name,
  (name) => encodeURIComponent(name.toWellFormed()),
  (name) => escaped(utf8(name)),
  (name) => escaped(Buffer.from(name, 'latin1')),
  (name) => escaped(utf8(escaped(utf8(name)))),
  (name) => name.replaceAll('.', '%2e').replaceAll('/', '%2F').replaceAll('\\', '%5C'),
  (name) => name.replaceAll('.', '%c0%ae').replaceAll('/', '%e0%80%af'),
];

/** The ways to write a name into a Content-Disposition header (RFC 6266), valid and invalid. */
const IN_HEADER: readonly ((name: string) => string)[] = [
  (name) => `attachment; filename="${asHeader(utf8(name))}"`,
  (name) => `attachment; filename="${name.replace(/["\\]/g, '\\$&')}"`,
  (name) => `attachment; filename=${name}`,
  (name) => `attachment; filename="${escaped(utf8(name))}"`,
  (name) => `attachment; filename*=UTF-8''${escaped(utf8(name))}`,
  (name) => `attachment; filename="ok.gif"; filename*=utf-8'en'${name}`,
  (name) => `attachment; filename*=ISO-8859-1''${escaped(Buffer.from(name, 'latin1'))}`,
  (name) => `attachment; filename*="UTF-8''${escaped(utf8(name))}"; filename=${name}`,
  (name) => `attachment; filename*0="${name}"; filename*1=".."; filename="${name}"`,
  (name) => `attachment; filename="=?UTF-8?B?${utf8(name).toString('base64')}?="`,
  // Invalid UTF-8: overlong, cut off, a surrogate.
  (name) =>
    `attachment; filename="\u00c0\u00ae\u00c0\u00ae\u00c0\u00af${asHeader(utf8(name))}\u00e2"`,
  (name) => `attachment; filename*=UTF-8''%c0%ae%c0%ae%c0%af%ed%a0%80${escaped(utf8(name))}`,
  (name) => name,
];

/** A URL with a hostile name in it, in any place and encoding. */
export const hostileRowUrl = fc
  .tuple(
    fc.constantFrom('http://h/', 'https://h.example:8080/a/', 'http://[::1]/%2e%2e/'),
    fc.array(fc.tuple(hostileName, fc.constantFrom(...IN_URL)), { minLength: 1, maxLength: 2 }),
    fc.constantFrom('', '/', '?..%2f..', '?a=/../x:y', '#/..'),
  )
  .map(([start, names, end]) => start + names.map(([name, write]) => write(name)).join('/') + end)
  .map((url) => (URL.canParse(url) ? url : 'http://h/..%2f..'));

/** A Content-Disposition header with a hostile name in it, in any encoding. */
export const hostileHeader = fc
  .tuple(hostileName, fc.constantFrom(...IN_HEADER))
  .map(([name, write]) => write(name));
