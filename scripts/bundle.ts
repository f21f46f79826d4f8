// Makes the command that the package has, in dist/command: its own code and that of the packages it
// uses, in a few files instead of some hundred. The why is under "Start-up" in docs/performance.md.
import { bundleCommand } from './bundle/command.ts';

await bundleCommand('dist/command');
