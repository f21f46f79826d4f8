/** An authentication scheme that a server offers, with its parameters (RFC 9110 section 11.6.1). */
export interface AuthChallenge {
  /** In lower case. */
  readonly scheme: string;
  /** Names in lower case. */
  readonly parameters: ReadonlyMap<string, string>;
}

const TOKEN = /[!#$%&'*+\-.^_`|~0-9A-Za-z]+/y;
const BLANKS = /[ \t]*/y;
/** What separates two challenges, or two parameters of one. */
const COMMAS = /[ \t,]*/y;
const QUOTED = /"((?:[^"\\]|\\.)*)"/sy;
/** The rest of a `token68`, a single word that a challenge may have in place of parameters. */
const REST_OF_WORD = /[^\s,]*/y;

/** The limit for one line. Servers send two or three challenges; each costs memory. */
const MOST_CHALLENGES = 32;

/**
 * Reads `WWW-Authenticate`. Commas separate both challenges and their parameters: a word followed
 * by `=` is a parameter, any other word begins a challenge. Invalid parts are skipped.
 *
 * @param lines the lines of the header; each may hold several challenges
 */
export function parseChallenges(lines: readonly string[]): AuthChallenge[] {
  return lines.flatMap(challengesIn);
}

function challengesIn(line: string): AuthChallenge[] {
  const text = new Cursor(line);
  const challenges: { scheme: string; parameters: Map<string, string> }[] = [];
  for (;;) {
    text.take(COMMAS);
    const word = text.take(TOKEN);
    if (word === undefined || challenges.length === MOST_CHALLENGES) return challenges;
    const start = text.at;
    text.take(BLANKS);
    const last = challenges.at(-1);
    if (text.takeEquals()) {
      text.take(BLANKS);
      const value = text.take(TOKEN) ?? unquoted(text.take(QUOTED));
      if (value === undefined) {
        // The end of a `token68`, or garbage.
        text.take(REST_OF_WORD);
        continue;
      }
      const name = word.toLowerCase();
      // Of several parameters with one name the first counts, as it does for servers.
      if (last?.parameters.has(name) === false) last.parameters.set(name, value);
    } else if (text.at > start || text.isAtEnd || text.isAtComma) {
      challenges.push({ scheme: word.toLowerCase(), parameters: new Map() });
    } else {
      text.take(REST_OF_WORD);
    }
  }
}

function unquoted(text: string | undefined): string | undefined {
  return text?.slice(1, -1).replace(/\\(.)/gs, '$1');
}

/** A position in a text. */
class Cursor {
  readonly #text: string;
  at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get isAtEnd(): boolean {
    return this.at === this.#text.length;
  }

  get isAtComma(): boolean {
    return this.#text[this.at] === ',';
  }

  /**
   * @param form sticky
   * @returns undefined, without moving, when something else follows
   */
  take(form: RegExp): string | undefined {
    form.lastIndex = this.at;
    const [found] = form.exec(this.#text) ?? [];
    this.at += found?.length ?? 0;
    return found;
  }

  takeEquals(): boolean {
    if (this.#text[this.at] !== '=') return false;
    this.at++;
    return true;
  }
}
