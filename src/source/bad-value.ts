/** A value that cannot be meant, for whoever knows where it stands to say so. */
export class BadValue extends Error {
  override readonly name = 'BadValue';
  /** Where in the value it goes wrong, from 0, in characters. */
  readonly offset: number;

  /** @param message one printable line */
  constructor(message: string, offset = 0) {
    super(message);
    this.offset = offset;
  }
}
