import { HttpStatusError } from '../model/failure.ts';

/** The server has to know who asks (401, RFC 9110 section 15.5.2). */
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

  /** In which ways it lets itself be told: the lines of `WWW-Authenticate`. */
  get challenges(): readonly string[] {
    return this.#challenges;
  }
}
