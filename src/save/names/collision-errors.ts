/** What a row's file name runs into, besides another row's (NameCollisionError of model). */
import type { Reasoned } from '../../model/reason.ts';

/** Skipped: its place is taken, and that is what was asked for in this case. Not a failure. */
export class SkipError extends Error implements Reasoned {
  override readonly name = 'SkipError';
  readonly reason = 'name-skipped';
  readonly path: string;

  constructor(path: string) {
    super(`${path} is there already`);
    this.path = path;
  }
}

/** A file that is not the row's is there already. It is not overwritten unless asked. */
export class ExistingFileError extends Error implements Reasoned {
  override readonly name = 'ExistingFileError';
  readonly reason = 'name-collision';
  readonly path: string;

  constructor(path: string) {
    super(
      `${path} is there already, and is not this row's; move it away, or say what to do with it (--on-collision)`,
    );
    this.path = path;
  }
}

/** What stands in the way of a directory: a file, or a link. */
export class BlockedPathError extends Error implements Reasoned {
  override readonly name = 'BlockedPathError';
  readonly reason = 'not-writable';
  readonly path: string;

  constructor(path: string, why: string) {
    super(`${path} ${why}`);
    this.path = path;
  }
}
