import type { Fetch } from '../../model/response.ts';
import type { HttpOptions } from '../http-options.ts';
import { settingsOf } from '../settings.ts';
import { Lane } from './lane.ts';

/** Several threads that fetch, each request by the one with the fewest under way. */
export class Lanes implements AsyncDisposable {
  readonly #lanes: readonly Lane[];

  /** @throws as {@link settingsOf} */
  constructor(count: number, options: HttpOptions) {
    if (!Number.isInteger(count) || count < 1) {
      throw new RangeError(`threads must be a whole number >= 1, not ${count}`);
    }
    // Wrong ones are for the caller to hear of, not for the threads.
    const { maxConnections } = settingsOf(options);
    const each = { ...options, maxConnections: Math.ceil(maxConnections / count) };
    this.#lanes = Array.from({ length: count }, () => new Lane(each));
  }

  /** As `HttpClient.get`. */
  get: Fetch = (request, body, options) => {
    let least: Lane | undefined;
    for (const lane of this.#lanes) {
      if (lane.isAlive && (least === undefined || lane.inFlight < least.inFlight)) least = lane;
    }
    if (least === undefined) return Promise.reject(new Error('no thread is left that fetches'));
    return least.get(request, body, options);
  };

  /** Closes all connections and ends the threads. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#lanes.map((lane) => lane[Symbol.asyncDispose]()));
  }
}
