/** What can be wrong with a file whose response is in order. The table in failure.ts has all errors. */
import type { Checksum } from './item.ts';
import type { Reasoned } from './reason.ts';

/** The file is larger than `maxSize`. */
export class TooLargeError extends Error implements Reasoned {
  override readonly name = 'TooLargeError';
  readonly reason = 'too-large';

  /** @param announced length in bytes; undefined when it was not announced */
  constructor(maxSize: number, announced?: number) {
    const size = announced === undefined ? 'longer' : `${announced} bytes long`;
    super(`the file is ${size}, and more than ${maxSize} bytes are not accepted`);
  }
}

/** The file is smaller than `minSize`. */
export class TooSmallError extends Error implements Reasoned {
  override readonly name = 'TooSmallError';
  readonly reason = 'too-small';

  /** @param bytes the length of the file, announced or received */
  constructor(minSize: number, bytes: number) {
    super(`the file is ${bytes} bytes long, and less than ${minSize} bytes are not accepted`);
  }
}

/** The file's media type is not accepted: a page instead of a picture. */
export class WrongTypeError extends Error implements Reasoned {
  override readonly name = 'WrongTypeError';
  readonly reason = 'wrong-type';
  /** The header as the server sent it. */
  readonly contentType: string | undefined;

  /**
   * @param accepted the accepted types, for people
   * @param found the type that the first bytes of the file show
   */
  constructor(contentType: string | undefined, accepted: string, found?: string) {
    const stated = contentType === undefined ? 'has no content type' : `is ${contentType}`;
    const said = contentType === undefined ? '' : `, not ${contentType}`;
    const what = found === undefined ? stated : `is ${found} by its first bytes${said}`;
    super(`the file ${what}, and only ${accepted} is accepted`);
    this.contentType = contentType;
  }
}

/** The file is complete, and has another size than its row says. */
export class WrongSizeError extends Error implements Reasoned {
  override readonly name = 'WrongSizeError';
  readonly reason = 'wrong-size';

  /** @param bytes the length of the file */
  constructor(expected: number, bytes: number) {
    super(`the file is ${bytes} bytes long, and the list says ${expected}`);
  }
}

/** The body is slower than `lowestSpeed`. */
export class TooSlowError extends Error implements Reasoned {
  override readonly name = 'TooSlowError';
  readonly reason = 'too-slow';

  /** @param window the time in which these bytes came, in ms */
  constructor(bytes: number, window: number) {
    super(`only ${bytes} bytes came in ${window / 1000} s`);
  }
}

/** The file is complete, and has another checksum than expected. */
export class ChecksumError extends Error implements Reasoned {
  override readonly name = 'ChecksumError';
  readonly reason = 'checksum';
  /** The checksum that the row or the response has. */
  readonly expected: Checksum;
  /** Lower-case hex, of the same algorithm. */
  readonly actual: string;

  /** @param header the response header that has the expected checksum; undefined when the row has it */
  constructor(expected: Checksum, actual: string, header?: string) {
    const said = header === undefined ? '' : `, which the server says in ${header}`;
    super(`the ${expected.algorithm} is ${actual}, not ${expected.hex}${said}`);
    this.expected = expected;
    this.actual = actual;
  }
}

/** A row needs no request: its file is there, and matches its checksum. Not a failure. */
export class AlreadyThereError extends Error implements Reasoned {
  override readonly name = 'AlreadyThereError';
  readonly reason = 'already-there';
  readonly file: { readonly path: string; readonly bytes: number; readonly digest?: string };

  constructor(file: AlreadyThereError['file']) {
    super(`${file.path} is there already`);
    this.file = file;
  }
}

/** The row's file was changed here since it was saved. It stays as it is. */
export class ChangedHereError extends Error implements Reasoned {
  override readonly name = 'ChangedHereError';
  readonly reason = 'changed-here';
  /** Whether the row fails, as was asked for; otherwise it is skipped. */
  readonly isFailure: boolean;
  readonly file: { readonly path: string; readonly bytes: number };

  constructor(file: ChangedHereError['file'], isFailure: boolean) {
    super(
      `${file.path} was changed here since it was saved; move it away, or replace it with --on-collision overwrite`,
    );
    this.isFailure = isFailure;
    this.file = file;
  }
}

/** Another row of this run is saved under the same name. */
export class NameCollisionError extends Error implements Reasoned {
  override readonly name = 'NameCollisionError';
  readonly reason = 'name-collision';

  /** @param foldsCase whether the names may differ in case */
  constructor(path: string, foldsCase = false) {
    const where = foldsCase ? ' (this file system ignores case in names)' : '';
    super(
      `another URL is saved as ${path}${where}; give each a name of its own with -o or --tree, or let it have a number with --on-collision rename`,
    );
  }
}
