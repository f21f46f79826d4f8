import { HttpStatusError } from '../../model/failure.ts';

/** The server asks for credentials (401, RFC 9110 section 15.5.2). */
export class UnauthorizedError extends HttpStatusError {
  readonly #challenges: readonly string[];

  /** @param challenges the lines of `WWW-Authenticate` */
  constructor(
    statusText: string | undefined,
    retryAfter: number | undefined,
    challenges: readonly string[],
  ) {
    super(401, statusText, retryAfter);
    this.#challenges = challenges;
  }

  /** The lines of `WWW-Authenticate`: which schemes it takes. */
  get challenges(): readonly string[] {
    return this.#challenges;
  }
}
