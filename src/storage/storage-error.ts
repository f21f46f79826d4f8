import type { Reasoned } from '../model/reason.ts';

/** The storage did not take, find or give an object, for good: what may pass was tried again before. */
export class StorageError extends Error implements Reasoned {
  override readonly name: string = 'StorageError';
  readonly reason = 'upload-failed';
}
