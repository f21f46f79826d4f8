import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { AddressListener } from '../../../src/fetch/dns/host-entry.ts';
import { HostResolver, type HostResolverOptions } from '../../../src/fetch/dns/host-resolver.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

/**
 * The events of a listener: lists of addresses, followed by `more` if not the last, and error
 * codes.
 */
export class Heard implements AddressListener {
  readonly events: string[] = [];
  readonly #over = Promise.withResolvers<void>();

  onAddresses(addresses: readonly string[], isLast: boolean): void {
    this.events.push([...addresses, ...(isLast ? [] : ['more'])].join(' '));
    if (isLast) this.#over.resolve();
  }

  onFailure(error: NodeJS.ErrnoException): void {
    this.events.push(error.code ?? error.message);
    this.#over.resolve();
  }

  /** All events until the end. */
  async all(): Promise<readonly string[]> {
    await this.#over.promise;
    return this.events;
  }
}

/** A resolver of one test. */
export interface OpenResolver {
  readonly resolver: HostResolver;
  /** Its files. */
  readonly files: {
    readonly hosts: string;
    readonly resolvConf: string;
    readonly nsswitch: string;
  };
  /** Advances its clock. */
  elapse(ms: number): void;
  lookup(host: string): Heard;
  /** Writes one of its files, which the next look-up notices. */
  write(file: 'hosts' | 'resolvConf' | 'nsswitch', text: string): Promise<void>;
}

/** A resolver with files and a clock of its own, until the test ends. */
export async function openResolver(
  t: TestContext,
  options: HostResolverOptions = {},
): Promise<OpenResolver> {
  const directory = await temporaryDirectory(t);
  const files = {
    hosts: join(directory, 'hosts'),
    resolvConf: join(directory, 'resolv.conf'),
    nsswitch: join(directory, 'nsswitch.conf'),
  };
  // Otherwise the domain of this machine's own name would be searched.
  await writeFile(files.resolvConf, 'search .\n');
  let time = 0;
  const resolver = new HostResolver({
    files,
    hasIpv6: () => false,
    now: () => time,
    ...options,
  });
  t.after(() => resolver[Symbol.dispose]());
  return {
    resolver,
    files,
    elapse: (ms) => {
      time += ms;
    },
    lookup(host) {
      const heard = new Heard();
      resolver.lookup(host, heard);
      return heard;
    },
    async write(file, text) {
      await writeFile(files[file], text);
      time += 1_000;
    },
  };
}
