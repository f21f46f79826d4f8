import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Command, Option } from 'commander';
import { usageLine } from '../../../src/cli/output/usage-line.ts';

test('usageLine names the options and arguments of a command after its path', () => {
  const flags = new Command('flags')
    .argument('[CC...]')
    .option('-a, --all')
    .option('-m, --max_req <CONCURRENT>')
    .option('--port <N>')
    .option('--dashboard [PORT]')
    .addOption(new Option('--max-req <CONCURRENT>').hideHelp());
  new Command('flaghoist').addCommand(flags);
  assert.equal(
    usageLine(flags),
    'usage: flaghoist flags [-h] [-a] [-m CONCURRENT] [--port N] [--dashboard [PORT]] [CC ...]',
  );
});

test('usageLine leaves required arguments and options without brackets', () => {
  const get = new Command('get')
    .argument('<LIST>')
    .argument('<URL...>')
    .requiredOption('-d, --directory <DIR>');
  assert.equal(usageLine(get), 'usage: get [-h] -d DIR LIST URL [URL ...]');
});

test('usageLine of a command with commands asks for one', () => {
  const program = new Command('flaghoist').version('1.0.0').addCommand(new Command('serve'));
  assert.equal(usageLine(program), 'usage: flaghoist [-h] [-V] COMMAND ...');
});
