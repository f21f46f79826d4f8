/** A text is in no encoding that is read. The message goes on after the text's name. */
export class BadEncodingError extends Error {
  override readonly name = 'BadEncodingError';
}
