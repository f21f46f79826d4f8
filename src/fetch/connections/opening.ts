import { Suspension } from '../../concurrency/suspension.ts';

/** A wait until an origin can be reached. It says when it is given up. */
export class Opening extends Suspension<void> {
  readonly #onAbandoned: (opening: Opening) => void;

  constructor(onAbandoned: (opening: Opening) => void) {
    super();
    this.#onAbandoned = onAbandoned;
  }

  protected override abandon(): void {
    this.#onAbandoned(this);
  }
}
