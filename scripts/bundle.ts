// Makes the command that the package has, in dist/command: its own code and that of the packages it
// uses, in a few files instead of some hundred. The why is under "Start-up" in docs/performance.md.
import { bundleCommand } from './bundle/command.ts';
import { bundleStyles } from './bundle/styles.ts';

await bundleCommand('dist/command');
await bundleStyles('dist/command/styles');
