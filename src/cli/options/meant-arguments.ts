import { type Stats, statSync } from 'node:fs';
import { GET_OPTIONS } from './get-options.ts';
import type { OptionTable } from './option.ts';
import { RETRY_SELECTION } from './other-commands.ts';
import { MISTAKEN_VALUES, OTHER_OPTIONS, type OtherOption } from './other-tools.ts';
import { looksLikeUrl } from './url-arguments.ts';
import { UsageError } from './values.ts';

/** The options that translate, by command. Other commands have few, and none of other tools'. */
const TABLES: Readonly<Record<string, OptionTable>> = {
  get: GET_OPTIONS,
  retry: { ...GET_OPTIONS, ...RETRY_SELECTION },
};

/** Options of the program itself, and no arguments at all. */
const NO_COMMAND: readonly unknown[] = [undefined, '-h', '--help', '-V', '--version', 'help'];

/**
 * `get` before arguments that begin with an option or a URL: it need not be written.
 * @param commands the names of all commands
 */
export function withCommand(
  args: readonly string[],
  commands: readonly string[],
  look: (path: string) => Stats | undefined = lookAt,
): readonly string[] {
  const [first] = args;
  if (first === undefined || NO_COMMAND.includes(first) || commands.includes(first)) return args;
  return first.startsWith('-') || looksLikeUrl(first, look) ? ['get', ...args] : args;
}

/**
 * The arguments with the options of curl, wget and aria2 that mean the same as ours in our words.
 * @param args begins with the command
 * @throws UsageError that answers those that do not
 */
export function inOurWords(args: readonly string[]): readonly string[] {
  const [command = '', ...rest] = args;
  const table = TABLES[command];
  return table === undefined ? args : [command, ...new Translation(table).of(rest)];
}

function lookAt(path: string): Stats | undefined {
  return statSync(path, { throwIfNoEntry: false });
}

/** Of the arguments of one command. */
class Translation {
  /** Whether each of our options takes the next argument as its value. */
  readonly #takesValue = new Map<string, boolean>();
  readonly #answers: string[] = [];
  readonly #out: string[] = [];

  constructor(table: OptionTable) {
    for (const { flags } of Object.values(table)) {
      for (const [flag] of flags.matchAll(/(?:^|(?<=\s))--?[\w-]+/g)) {
        this.#takesValue.set(flag, flags.includes('<'));
      }
    }
  }

  /** @throws UsageError */
  of(args: readonly string[]): readonly string[] {
    const left = [...args];
    for (let arg = left.shift(); arg !== undefined; arg = left.shift()) {
      if (arg === '--') {
        this.#out.push(arg, ...left);
        break;
      }
      if (arg.startsWith('--')) this.#long(arg, left);
      else if (arg.startsWith('-') && arg !== '-') this.#short(arg, left);
      else this.#out.push(arg);
    }
    const [first, ...others] = this.#answers;
    if (first !== undefined) throw new UsageError(first, { others });
    return this.#out;
  }

  #long(arg: string, left: string[]): void {
    const at = arg.indexOf('=');
    const [flag, attached] = at < 0 ? [arg] : [arg.slice(0, at), arg.slice(at + 1)];
    const isOurs = this.#takesValue.has(flag);
    const other = isOurs ? undefined : (otherNamed(arg) ?? otherNamed(flag));
    if (other !== undefined) this.#translate(other, flag, attached, left);
    else this.#ours(arg, flag, attached, left);
  }

  /** `-qL`: letters of options without a value, and at most one with a value at the end. */
  #short(arg: string, left: string[]): void {
    const whole = otherNamed(arg);
    if (whole !== undefined) {
      this.#translate(whole, arg, undefined, left);
      return;
    }
    for (let at = 1; at < arg.length; at++) {
      const flag = `-${arg[at]}`;
      const attached = arg.slice(at + 1) || undefined;
      if (this.#letter(flag, attached, left)) return;
    }
  }

  /** @returns whether the rest of the argument is used up */
  #letter(flag: string, attached: string | undefined, left: string[]): boolean {
    const other = this.#takesValue.has(flag) ? undefined : otherNamed(flag);
    if (other !== undefined) {
      const takesValue = other.is !== undefined && this.#takesValue.get(other.is) === true;
      this.#translate(other, flag, takesValue ? attached : undefined, left);
      return takesValue;
    }
    // What is no option at all is left as it is: commander says so.
    const isWhole = this.#takesValue.get(flag) !== false;
    const rest = isWhole ? attached : undefined;
    this.#ours(`${flag}${rest ?? ''}`, flag, rest, left);
    return isWhole;
  }

  /** An option of ours, and its value, where that does not show that another tool's was meant. */
  #ours(arg: string, flag: string, attached: string | undefined, left: string[]): void {
    this.#out.push(arg);
    if (!this.#takesValue.get(flag)) return;
    const value = attached ?? left.shift();
    if (value === undefined) return;
    if (attached === undefined) this.#out.push(value);
    const mistaken = MISTAKEN_VALUES.find(
      ({ flags, like }) => flags.includes(flag) && like.test(value),
    );
    if (mistaken) this.#answers.push(`${nameOf(mistaken.tools, flag)} ${mistaken.say}`);
  }

  #translate(other: OtherOption, flag: string, attached: string | undefined, left: string[]): void {
    const { tools, is, value = String, say, sayOf } = other;
    if (is === undefined) {
      const next = attached ?? (left[0]?.startsWith('-') ? undefined : left[0]);
      this.#answers.push(`${nameOf(tools, flag)} ${sayOf?.(next) ?? say}`);
      return;
    }
    const given = this.#takesValue.get(is) ? (attached ?? left.shift()) : undefined;
    this.#out.push(is, ...(given === undefined ? [] : [value(given)]));
  }
}

function otherNamed(flag: string): OtherOption | undefined {
  return OTHER_OPTIONS.find(({ flags }) => flags.includes(flag));
}

/** `curl's -L`, or `-c of wget and aria2`. */
function nameOf(tools: string, flag: string): string {
  return tools.includes(',') ? `${flag} of ${tools.replace(', ', ' and ')}` : `${tools}'s ${flag}`;
}
