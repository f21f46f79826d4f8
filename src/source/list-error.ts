import { BrokenRunError } from '../model/broken-run-error.ts';
import { visible } from './visible.ts';

/**
 * A list that cannot be read at all, or not to its end. The message is one line that begins with
 * its name.
 */
export class ListError extends BrokenRunError {
  /** @param list what to call it: its path, or `stdin` */
  constructor(list: string, what: string, options?: ErrorOptions) {
    super(`${visible(list)}: ${visible(what)}`, options);
  }
}
