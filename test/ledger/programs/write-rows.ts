// Opens the ledger of the directory named, says so, and records rows until it is killed: each row's
// index is said once the ledger has it. Rows that an earlier process recorded are skipped.
import { Ledger } from '../../../src/ledger/ledger.ts';
import { anItem, ok, skipped } from '../support.ts';

const [directory = '', rows = '0'] = process.argv.slice(2);
const ledger = Ledger.open(directory);
process.stdout.write('open\n');
for (let index = 0; index < Number(rows); index++) {
  const item = anItem(index);
  const previous = ledger.take(item);
  await ledger.record(previous === undefined ? ok(item) : skipped(item));
  if (index % 100 === 99) {
    await ledger.flush();
    process.stdout.write(`${index + 1}\n`);
  }
}
await ledger.close('complete');
process.stdout.write('closed\n');
