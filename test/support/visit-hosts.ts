// Gets a file from each of many hosts, in a process of its own, whose open files a test may limit.
// Arguments: the port, the number of hosts, the number at a time, HttpOptions as JSON. Prints its results.
import { HttpClient } from '../../src/fetch/http-client.ts';
import { reasonOf } from '../../src/model/reason.ts';

/** What the process prints, as JSON. */
export interface Visited {
  readonly ok: number;
  /** By reason. */
  readonly failed: Readonly<Record<string, number>>;
}

const [port, hosts, atOnce] = process.argv.slice(2, 5).map(Number) as [number, number, number];
const options = JSON.parse(process.argv[5] ?? '{}');
const failed: Record<string, number> = {};
let [ok, next] = [0, 0];
{
  await using client = new HttpClient(options);
  await Promise.all(Array.from({ length: atOnce }, () => visit(client)));
}
console.log(JSON.stringify({ ok, failed } satisfies Visited));

async function visit(client: HttpClient): Promise<void> {
  while (next < hosts) {
    const host = next++;
    const url = `http://127.1.${host >> 8}.${host & 255}:${port}/`;
    try {
      await client.get({ url }, { begin() {}, write: () => undefined }, {});
      ok++;
    } catch (error) {
      const reason = reasonOf(error);
      failed[reason] = (failed[reason] ?? 0) + 1;
    }
  }
}
