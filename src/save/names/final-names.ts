import { join, sep } from 'node:path';
import type { Item } from '../../model/item.ts';
import type { ResponseHead } from '../../model/response.ts';
import type { Directories } from '../files/directories.ts';
import type { Replaceable } from '../files/publish.ts';
import { ExistingFileError } from './collision-errors.ts';
import { parseContentDisposition } from './content-disposition.ts';
import type { ExistingFiles } from './existing-files.ts';
import type { NameRegistry } from './name-registry.ts';
import {
  type NameFacts,
  type NameTemplate,
  type NamingOptions,
  plannedPath,
} from './name-template.ts';

/** A name that a row has. Paths are relative. */
export interface ClaimedName {
  /** What it would have if no other had it. */
  readonly wanted: string;
  readonly path: string;
  /** What the row's file may replace there. */
  readonly replaces: Replaceable;
}

/** Gives each row of a run a path that no other row has, and that no foreign file has. */
export class FinalNames {
  /** What all their paths begin with. */
  readonly #root: string;
  readonly directories: Directories;
  readonly template: NameTemplate;
  readonly #options: NamingOptions;
  readonly #registry: NameRegistry;
  readonly #existing: ExistingFiles;

  constructor(
    directory: string,
    options: NamingOptions,
    parts: { registry: NameRegistry; existing: ExistingFiles; directories: Directories },
  ) {
    // Of the directory `.` nothing is left.
    this.#root = join(directory, 'x').slice(0, -1);
    this.template = options.template;
    this.#options = options;
    this.#registry = parts.registry;
    this.#existing = parts.existing;
    this.directories = parts.directories;
  }

  /**
   * NameRegistry the path of a row whose name is known before its response.
   * @returns undefined when the name is not known yet
   * @throws TypeError for a URL that is none; TemplateError, NameCollisionError, SkipError
   */
  claim(item: Item): ClaimedName | undefined | Promise<ClaimedName> {
    const wanted = plannedPath(item, this.#options);
    return wanted === undefined ? undefined : this.#claimed(item, wanted);
  }

  /** NameRegistry the path of a row whose file is there. @throws as {@link claim} */
  async claimLate(
    item: Item,
    head: ResponseHead | undefined,
    sha256: string | undefined,
  ): Promise<ClaimedName> {
    const header = this.#options.useContentDisposition ? head?.contentDisposition : undefined;
    const responseName = header === undefined ? undefined : parseContentDisposition(header);
    const facts: NameFacts = { item, responseName, sha256 };
    return await this.#claimed(item, this.template.pathOf(facts));
  }

  /** The whole path of a relative one. */
  pathOf(path: string): string {
    return this.#root + (sep === '/' ? path : path.replaceAll('/', sep));
  }

  release(path: string): void {
    this.#registry.release(path);
  }

  /**
   * NameRegistry another path for a row, since another program has put a file where the first one leads.
   * @throws ExistingFileError, SkipError when the row has to keep to its name
   */
  async claimInstead(item: Item, { wanted, path }: ClaimedName): Promise<ClaimedName> {
    const next = this.#registry.instead(wanted, (taken) => new ExistingFileError(taken));
    const claimed = await this.#claimUnblocked(item, wanted, next);
    this.#registry.release(path);
    return claimed;
  }

  #claimed(item: Item, wanted: string): ClaimedName | Promise<ClaimedName> {
    const path = this.#registry.claim(wanted);
    if (this.#existing.any) return this.#claimUnblocked(item, wanted, path);
    return { wanted, path, replaces: this.#existing.byDefault };
  }

  async #claimUnblocked(item: Item, wanted: string, claimed: string): Promise<ClaimedName> {
    let path = claimed;
    try {
      for (;;) {
        const replaces = await this.#existing.replaceableAt(item, path);
        if (replaces !== undefined) return { wanted, path, replaces };
        const next = this.#registry.instead(wanted, (taken) => new ExistingFileError(taken));
        this.#registry.release(path);
        path = next;
      }
    } catch (error) {
      this.#registry.release(path);
      throw error;
    }
  }
}
