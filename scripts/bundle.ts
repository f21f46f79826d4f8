// Makes the package's command in dist/command: its code and that of the packages it uses, in a few files
// instead of some hundred. "Start-up" in docs/performance.md says why.
import { bundleCommand } from './bundle/command.ts';
import { bundleStyles } from './bundle/styles.ts';

await bundleCommand('dist/command');
await bundleStyles('dist/command/styles');
