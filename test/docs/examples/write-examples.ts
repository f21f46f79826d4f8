// Writes into the documents what their examples print, where that is not what they show:
// npm run docs:examples.
import { readFile, writeFile } from 'node:fs/promises';
import { isShown } from '../../support/console-session.ts';
import { examplesOf } from '../../support/document-blocks.ts';
import { DOCUMENTS, runDocument } from './document-runs.ts';

const only = process.argv[2] ?? '';
for (const path of DOCUMENTS.filter((document) => document.includes(only))) {
  const text = await readFile(path, 'utf8');
  const examples = examplesOf(text);
  const ran = await runDocument(examples);
  let written = '';
  let from = 0;
  for (const [i, { command, output, offset }] of examples.entries()) {
    const { output: printed = '', code } = ran[i] ?? {};
    if (isShown(output, printed)) continue;
    console.log(`${path}: ${command} (exit code ${code})`);
    written += text.slice(from, offset) + printed;
    from = offset + output.length;
  }
  if (from > 0) await writeFile(path, written + text.slice(from));
}
