import { WrongTypeError } from '../model/file-errors.ts';
import { agrees } from './body/sniffed-type.ts';

/** A media type: `type/subtype`, each of which may be a single `*` (RFC 9110 section 12.5.1). */
const FORM = /^([!#$%&'*+.^_`|~0-9a-z-]+)\/([!#$%&'*+.^_`|~0-9a-z-]+)$/;

/** The media types that a file may have. */
export class AcceptedTypes {
  readonly #types: readonly string[];

  /**
   * @param given media types (`image/png`) or families of them (`image/*`), or comma-separated
   *   lists
   * @throws TypeError for an invalid media type, or one with parameters
   */
  constructor(given: readonly string[]) {
    this.#types = given.flatMap((list) => list.split(',')).map(typeOf);
    if (this.#types.length === 0) throw new TypeError('at least one media type must be accepted');
  }

  /** The types as an `Accept` header. */
  get header(): string {
    return this.#types.join(', ');
  }

  /**
   * Checks what the server says. A header that says nothing, such as `application/octet-stream`, leaves
   * it to {@link checkContents}.
   * @param contentType the header as it was sent
   * @throws WrongTypeError
   */
  check(contentType: string | undefined): void {
    const stated = this.typeOf(contentType);
    if (stated === '' || this.#accepts(stated)) return;
    throw new WrongTypeError(contentType, this.header);
  }

  /**
   * Checks what the first bytes of the file show.
   * @param contentType the header as it was sent
   * @param found a media type; undefined when the bytes do not show it
   * @throws WrongTypeError
   */
  checkContents(contentType: string | undefined, found: string | undefined): void {
    const stated = this.typeOf(contentType);
    // A type that says nothing is left only where it was asked for.
    if (this.#types.includes('*/*') || (stated !== '' && SAYS_NOTHING.test(stated))) return;
    const isAccepted =
      found === undefined ? stated !== '' : this.#accepts(found) || agrees(found, stated);
    if (isAccepted) return;
    throw new WrongTypeError(contentType, this.header, found);
  }

  /**
   * The type that a header says, in lower case.
   * @returns '' when it says nothing about the file
   */
  typeOf(contentType: string | undefined): string {
    const [type = ''] = (contentType ?? '').split(';', 1);
    const stated = type.trim().toLowerCase();
    return SAYS_NOTHING.test(stated) && !this.#types.includes(stated) ? '' : stated;
  }

  #accepts(type: string): boolean {
    const family = `${type.slice(0, type.indexOf('/'))}/*`;
    return this.#types.some((one) => one === type || one === family || one === '*/*');
  }
}

/** What servers say of files that they know nothing about, and to make browsers save a file. */
const SAYS_NOTHING =
  /^(?:|\*\/\*|(?:application|binary)\/(?:x-)?(?:octet-stream|download|force-download|unknown)|unknown\/unknown)$/;

function typeOf(text: string): string {
  const type = text.trim().toLowerCase();
  const [, family, subtype] = FORM.exec(type) ?? [];
  if (subtype === undefined || (family === '*' && subtype !== '*')) {
    throw new TypeError(`'${text.trim()}' is not a media type, such as image/png or image/*`);
  }
  return type;
}
