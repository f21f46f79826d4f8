import fc from 'fast-check';

/** Random text, and text that could leave a directory. */
export const hostileText = fc
  .array(
    fc.oneof(
      fc.constantFrom('..', '.', '/', '\\', '../', '..\\', '%2e%2e', '%2f', '%5c', '%00', ' '),
      fc.constantFrom(
        'C:',
        '//',
        '~',
        '\u0000',
        '\uff0e\uff0e',
        '\u2025',
        '\u2215',
        'con',
        'a',
        '…',
      ),
      fc.constantFrom('.flaghoist', '.FlagHoist', '.\ufb02aghoist', 'link', 'ledger.db', 'parts'),
      fc.constantFrom('a'.repeat(300), '\ud83d', '?', '#', '"', ';', "''", '{', '}', '\r\n', '\n'),
      fc.string({ unit: 'binary', maxLength: 8 }),
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(''));

/** A URL with hostile text in its path and its query. */
export const hostileUrl = fc
  .tuple(fc.constantFrom('http://h', 'https://h.example:8080', 'http://[::1]'), hostileText)
  .map(([origin, rest]) => `${origin}/${rest}`)
  .filter((url) => URL.canParse(url));
