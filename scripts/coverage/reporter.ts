// A reporter for node:test: the `spec` reporter's output, then the coverage of each folder. The table of
// the `spec` reporter has a line for each file.
import { Readable } from 'node:stream';
import type { TestEvent } from 'node:test/reporters';
import { spec } from 'node:test/reporters';
import { coverageTable } from './coverage-table.ts';

export default async function* report(events: AsyncIterable<TestEvent>) {
  let table = '';
  async function* withoutCoverage() {
    for await (const event of events) {
      if (event.type === 'test:coverage') table = coverageTable(event.data.summary);
      else yield event;
    }
  }
  yield* Readable.from(withoutCoverage()).compose(spec());
  yield table;
}
