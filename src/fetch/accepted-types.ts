import { WrongTypeError } from '../model/file-errors.ts';

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
   * @param contentType the header as it was sent; a response without one is refused
   * @throws WrongTypeError
   */
  check(contentType: string | undefined): void {
    const [type = ''] = (contentType ?? '').split(';', 1);
    const known = type.trim().toLowerCase();
    const family = `${known.slice(0, known.indexOf('/'))}/*`;
    const isAccepted = this.#types.some((one) => one === known || one === family || one === '*/*');
    if (!isAccepted || known === '') throw new WrongTypeError(contentType, this.header);
  }
}

function typeOf(text: string): string {
  const type = text.trim().toLowerCase();
  const [, family, subtype] = FORM.exec(type) ?? [];
  if (subtype === undefined || (family === '*' && subtype !== '*')) {
    throw new TypeError(`'${text.trim()}' is not a media type, such as image/png or image/*`);
  }
  return type;
}
