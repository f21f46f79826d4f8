import { type Command, Option } from 'commander';
import type { RunSettings } from '../../download-options.ts';
import type { read } from './read-values.ts';
import { UsageError } from './values.ts';

/** One option of a command: its name, its help and its effect in one place. */
export interface OptionEntry<V> {
  /** As commander reads them: `-d, --directory <DIR>`. The entry's key is the long name in camel case. */
  readonly flags: string;
  /** One line of the help. */
  readonly help: string;
  /** What the help shows for `default`, where that is not the value itself. */
  readonly defaultText?: string;
  /** The value of an option given without one, as text. */
  readonly preset?: string;
  /** The short help (`-h`) has it too. */
  readonly isCommon?: true;
  /** The help and the completion leave it out. */
  readonly isHidden?: true;
  /** Keys of the options that cannot be given together with this one. */
  readonly excludes?: readonly string[];
  /** `retry` does not take this option over from the last `get`. */
  readonly isForOneRun?: true;
  /** Other options are set first, since this one may ask the user for something. */
  readonly isSetLast?: true;
  readonly repeats?: true;
  readonly default?: V;
  /** @param name how messages call the option: `--max-size S` @throws UsageError */
  readonly parse?: (text: string, name: string) => V;
  /**
   * Sets what the option stands for in the library. It is called for every run, whether or not the
   * option was given. A method, so that entries of different values fit into one table.
   */
  set?(settings: DownloadSettings, value: V, start: RunStart): void | Promise<void>;
}

/** Options by their key, in the order of the help. */
export type OptionTable = Readonly<Record<string, OptionEntry<unknown>>>;

/** The values that a table's options are parsed into. */
export type ValuesOf<T extends OptionTable> = {
  readonly [K in keyof T]: T[K] extends OptionEntry<infer V> ? V : never;
};

/** The options of `download` while the command puts them together. */
export type DownloadSettings = { -readonly [K in keyof RunSettings]: RunSettings[K] };

/** What a run starts with besides its options. */
export interface RunStart {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The command line, which the ledger remembers. */
  readonly arguments: readonly string[];
  /** Whether no request is sent, so that no password is needed. */
  readonly isDryRun: boolean;
  /** Passed in, since help and usage errors are shown without loading it. */
  readonly read: typeof read;
}

/** An effect: the value becomes this option of `download`. */
export function asSetting<K extends keyof RunSettings>(key: K) {
  return (settings: DownloadSettings, value: RunSettings[K]): void => {
    settings[key] = value;
  };
}

type Entry<V> = Omit<OptionEntry<V>, 'parse' | 'default' | 'repeats'>;

/** An option without a value. */
export function flag(entry: Entry<true | undefined>): OptionEntry<true | undefined> {
  return entry;
}

/** An option such as `--no-ledger`, false when it is given. */
export function negated(entry: Entry<boolean>): OptionEntry<boolean> {
  return { ...entry, default: true };
}

/** An option whose value is any text. */
export function text(entry: Entry<string | undefined>): OptionEntry<string | undefined> {
  return entry;
}

/** An option that may be given several times; its value is all the texts in their order. */
export function texts(
  entry: Entry<readonly string[] | undefined>,
): OptionEntry<readonly string[] | undefined> {
  return { ...entry, repeats: true };
}

/** An option whose value is a list. Given several times, it has the values of all of them. */
export function lists<T>(
  entry: Entry<readonly T[] | undefined> & {
    readonly parse: (text: string, name: string) => readonly T[];
  },
): OptionEntry<readonly T[] | undefined> {
  return { ...entry, repeats: true };
}

/** An option whose value is parsed. */
export function parsed<T, const D extends T | undefined = undefined>(
  entry: Entry<T | D> & {
    readonly parse: (text: string, name: string) => T;
    readonly default?: D;
  },
): OptionEntry<T | D> {
  return entry;
}

/** Adds the options of a table to a command, below a heading of their own in the help. */
export function addOptions(command: Command, table: OptionTable, heading?: string): Command {
  if (heading !== undefined) command.optionsGroup(heading);
  for (const entry of Object.values(table)) command.addOption(optionOf(entry));
  return command;
}

/** The same for the short help: it shows the common options alone. */
export function addBriefly(command: Command, table: OptionTable): void {
  for (const entry of Object.values(table)) {
    command.addOption(optionOf(entry).hideHelp(entry.isCommon !== true));
  }
}

/** An option of commander that knows the words which its value is one of, for shells to complete. */
class TableOption extends Option {
  words: readonly string[] | undefined;
}

/** The words that the option's value is one of; undefined for other values. */
export function wordsOf(option: Option): readonly string[] | undefined {
  return option instanceof TableOption ? option.words : undefined;
}

function optionOf(entry: OptionEntry<unknown>): Option {
  const { flags, parse, preset, isHidden = false } = entry;
  const name = flags.replace(/^-\w, /, '').replace(/[<>[\]]/g, '');
  const option = new TableOption(flags, entry.help).hideHelp(isHidden);
  if (entry.repeats) {
    const read = (value: string) => [parse === undefined ? value : parse(value, name)].flat();
    option.argParser((value, before: readonly unknown[] = []) => [...before, ...read(value)]);
  } else if (parse !== undefined) {
    option.argParser((value) => parse(value, name));
  }
  // Commander itself has the default of `--no-…`, and does not show it.
  if (entry.default !== undefined && !option.negate) {
    option.default(entry.default, entry.defaultText);
  }
  if (parse !== undefined && 'words' in parse && Array.isArray(parse.words)) {
    option.words = parse.words;
  }
  if (preset !== undefined) option.preset(preset);
  return option;
}

/** @throws UsageError when two options were given that exclude each other */
export function checkExclusions(
  table: OptionTable,
  values: Readonly<Record<string, unknown>>,
): void {
  const isGiven = (key: string) => {
    return values[key] !== undefined && values[key] !== table[key]?.default;
  };
  for (const [key, { excludes = [] }] of Object.entries(table)) {
    const other = isGiven(key) ? excludes.find(isGiven) : undefined;
    if (other === undefined) continue;
    throw new UsageError(
      `${longName(table, key)} and ${longName(table, other)} exclude each other`,
    );
  }
}

/**
 * Values with others in their place. An option that a new one excludes is dropped, since its user can no
 * longer leave it out.
 */
export function replaceValues<V extends Readonly<Record<string, unknown>>>(
  table: OptionTable,
  values: V,
  given: Partial<V>,
): V {
  const excludes = (key: string, other: string) => table[key]?.excludes?.includes(other);
  const dropped = Object.keys(table).filter((key) =>
    Object.keys(given).some((other) => excludes(key, other) || excludes(other, key)),
  );
  return { ...values, ...Object.fromEntries(dropped.map((key) => [key, undefined])), ...given };
}

/** The option's name as the user types it: `--no-ledger`. */
export function longName(table: OptionTable, key: string): string {
  return /--[\w-]+/.exec(table[key]?.flags ?? '')?.[0] ?? key;
}
