import { RobotsTxtError } from '../../model/failure.ts';
import { requestTarget } from '../transport/request-target.ts';

/** How much of a robots.txt is read, in bytes (RFC 9309 section 2.5 asks for at least this). */
export const MOST_READ = 500 * 1024;

/**
 * The most characters of rules with `*` in them. Matching one takes the length of the rule times that of
 * the path, so a hostile file could hold the run for seconds. A rule beyond this ends at its first `*`.
 */
const MOST_WILD = 16 * 1024;

/** The longest path that is matched; a longer one is matched by its beginning. */
const LONGEST_PATH = 2048;

/** robots-parser, whose declarations are those of a module that it is not. */
export type ParseRobots = (
  url: string,
  text: string,
) => {
  isAllowed(url: string, agent: string): boolean | undefined;
  getMatchingLineNumber(url: string, agent: string): number;
};

/** What the robots.txt of one origin allows (RFC 9309). */
export class RobotsRules {
  readonly #rules: ReturnType<ParseRobots>;
  readonly #agent: string;
  /** The length of the file, in characters. */
  readonly size: number;

  /**
   * @param origin as `URL.origin` has it
   * @param agent the product token of the `User-Agent` header
   */
  constructor(parse: ParseRobots, origin: string, text: string, agent: string) {
    // Some files begin with a byte order mark.
    this.#rules = parse(`${origin}/robots.txt`, withFewWildcards(text.replace(/^\uFEFF/, '')));
    this.#agent = agent;
    this.size = text.length + 1;
  }

  /** @throws RobotsTxtError when the file does not allow `url` */
  check(url: URL): void {
    const path = requestTarget(url).slice(0, LONGEST_PATH);
    const known = `${url.origin}${path}`;
    if (this.#rules.isAllowed(known, this.#agent) !== false) return;
    const line = this.#rules.getMatchingLineNumber(known, this.#agent);
    throw new RobotsTxtError(`${url.origin}/robots.txt`, this.#agent, line);
  }
}

function withFewWildcards(text: string): string {
  if (!text.includes('*')) return text;
  let wild = 0;
  return text.replace(/^[^\n\r:]*:[^\n\r]*\*[^\n\r]*$/gm, (line) => {
    if (/^\s*user-agent/i.test(line)) return line;
    wild += line.length;
    return wild > MOST_WILD ? line.slice(0, line.indexOf('*')) : line;
  });
}

/**
 * The name by which robots.txt knows a client: the product token of its `User-Agent` header, such as
 * `mybot` for `MyBot/2.1 (+https://example.com)`.
 */
export function productToken(userAgent: string): string {
  return /^[^\s/;(]+/.exec(userAgent.trim())?.[0].toLowerCase() ?? '*';
}
