import { RobotsTagError } from '../../model/failure.ts';
import { RESPECTED_TAGS, type RespectedTag } from '../../model/options.ts';
import { productToken } from './robots-rules.ts';

/** The directives that each word stands for. */
const DIRECTIVES: Readonly<Record<RespectedTag, readonly string[]>> = {
  noai: ['noai', 'noimageai'],
  noindex: ['noindex', 'noimageindex', 'none'],
};

/** Directives that have a value after a colon; before any other colon stands the name of a client. */
const WITH_VALUE = /^(?:unavailable_after|max-snippet|max-image-preview|max-video-preview)$/;

/**
 * The directives of `X-Robots-Tag` that a file is not saved for. The header is a convention of search
 * engines; `noai` and `noimageai` were added by DeviantArt in 2022, for those who collect training data.
 */
export class RobotsTag {
  readonly #refused: ReadonlySet<string>;
  readonly #agent: string;

  /**
   * @param words @throws RangeError for one that is not known
   * @param userAgent the header of all requests: a directive may be for one client
   */
  constructor(words: readonly RespectedTag[], userAgent: string) {
    const unknown = words.find((word) => !RESPECTED_TAGS.includes(word));
    if (unknown !== undefined) {
      throw new RangeError(`respect must be one of ${RESPECTED_TAGS.join(', ')}, not ${unknown}`);
    }
    this.#refused = new Set(words.flatMap((word) => DIRECTIVES[word]));
    this.#agent = productToken(userAgent);
  }

  /**
   * @param header the values of `X-Robots-Tag`
   * @throws RobotsTagError when one of them refuses this client
   */
  check(header: readonly string[]): void {
    for (const line of header) {
      let isForUs = true;
      for (const part of line.toLowerCase().split(',')) {
        const colon = part.indexOf(':');
        const name = part.slice(0, Math.max(colon, 0)).trim();
        const hasAgent = name !== '' && !WITH_VALUE.test(name);
        if (hasAgent) isForUs = name === this.#agent || name === '*';
        const directive = (hasAgent ? part.slice(colon + 1) : part).trim();
        if (isForUs && this.#refused.has(directive)) throw new RobotsTagError(directive);
      }
    }
  }
}
