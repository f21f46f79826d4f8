/** A scheme by which a server takes credentials, with its parameters (RFC 9110 section 11.6.1). */
export interface AuthChallenge {
  /** In lower case. */
  readonly scheme: string;
  /** Names in lower case. */
  readonly parameters: ReadonlyMap<string, string>;
}

const TOKEN = /[!#$%&'*+\-.^_`|~0-9A-Za-z]+/y;
const BLANKS = /[ \t]*/y;
/** Between two challenges, or two parameters of one. */
const COMMAS = /[ \t,]*/y;
const QUOTED = /"((?:[^"\\]|\\.)*)"/sy;
/** A challenge may have one word in place of parameters (`token68`). */
const REST_OF_WORD = /[^\s,]*/y;

/** Of one line. Servers have two or three; each costs memory. */
const MOST_CHALLENGES = 32;

/**
 * Reads `WWW-Authenticate`. Challenges and their parameters are both separated by commas: a word with a
 * `=` behind it is a parameter, any other begins a challenge. What follows on what makes no sense is left out.
 * @param lines the header's, of which each may have several challenges
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
        // The end of a `token68`, or nonsense.
        text.take(REST_OF_WORD);
        continue;
      }
      const name = word.toLowerCase();
      // The first of several counts, as it does where a server reads them.
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

/** A place in a text, and what comes next there. */
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

  /** @param form sticky @returns undefined, and stays where it is, when something else comes */
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
