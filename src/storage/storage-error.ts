import type { Reasoned } from '../model/reason.ts';

/** The storage did not take, find or give an object. Errors that may pass have been retried before. */
export class StorageError extends Error implements Reasoned {
  override readonly name: string = 'StorageError';
  readonly reason = 'upload-failed';
}

/** There is an object of this name already, and it was not to be replaced. */
export class NameTakenError extends StorageError {
  override readonly name = 'NameTakenError';

  /** @param location the storage's */
  constructor(name: string, location: string) {
    super(
      `${name} is there already: another run saves to ${location}, and each needs a place of its own`,
    );
  }
}
