import { join, sep } from 'node:path';
import type { Item } from '../model/item.ts';
import type { ResponseHead } from '../model/response.ts';
import type { Claims } from './claims.ts';
import { ExistingFileError } from './collision-errors.ts';
import { parseContentDisposition } from './content-disposition.ts';
import type { Directories } from './directories.ts';
import type { ForeignFiles } from './foreign-files.ts';
import type { NameFacts, NameTemplate } from './name-template.ts';
import { type NamingOptions, plannedPath } from './planned-path.ts';

/** Gives each row of a run a path that no other row has, and that no foreign file has. */
export class FinalNames {
  /** What all their paths begin with. */
  readonly #root: string;
  readonly directories: Directories;
  readonly template: NameTemplate;
  readonly #options: NamingOptions;
  readonly #claims: Claims;
  readonly #foreign: ForeignFiles;

  constructor(
    directory: string,
    options: NamingOptions,
    parts: { claims: Claims; foreign: ForeignFiles; directories: Directories },
  ) {
    // Of the directory `.` nothing is left.
    this.#root = join(directory, 'x').slice(0, -1);
    this.template = options.template;
    this.#options = options;
    this.#claims = parts.claims;
    this.#foreign = parts.foreign;
    this.directories = parts.directories;
  }

  /**
   * Claims the path of a row whose name is known before its response.
   * @returns relative; undefined when the name is not known yet
   * @throws TypeError for a URL that is none; TemplateError, NameCollisionError, SkipError
   */
  claim(item: Item): string | undefined | Promise<string> {
    const wanted = plannedPath(item, this.#options);
    return wanted === undefined ? undefined : this.#claimed(item, wanted);
  }

  /** Claims the path of a row whose file is there. @throws as {@link claim} */
  async claimLate(
    item: Item,
    head: ResponseHead | undefined,
    sha256: string | undefined,
  ): Promise<string> {
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
    this.#claims.release(path);
  }

  #claimed(item: Item, wanted: string): string | Promise<string> {
    const path = this.#claims.claim(wanted);
    return this.#foreign.any ? this.#claimUnblocked(item, wanted, path) : path;
  }

  async #claimUnblocked(item: Item, wanted: string, claimed: string): Promise<string> {
    let path = claimed;
    try {
      while (await this.#foreign.blocks(item, path)) {
        const next = this.#claims.instead(wanted, (taken) => new ExistingFileError(taken));
        this.#claims.release(path);
        path = next;
      }
      return path;
    } catch (error) {
      this.#claims.release(path);
      throw error;
    }
  }
}
