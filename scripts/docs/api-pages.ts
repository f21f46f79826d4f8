import { fileURLToPath } from 'node:url';
import { Application } from 'typedoc';

const inCheckout = (path: string): string =>
  fileURLToPath(new URL(`../../${path}`, import.meta.url));

/**
 * Writes docs/reference/api from the docstrings of what the package exports: a page for each of its
 * modules.
 * @throws Error if a docstring links to what is not there
 */
export async function writeApiPages(): Promise<void> {
  const app = await Application.bootstrapWithPlugins({
    plugin: ['typedoc-plugin-markdown'],
    outputs: [{ name: 'markdown', path: inCheckout('docs/reference/api') }],
    router: 'module',
    entryFileName: 'index.md',
    hidePageHeader: true,
    hideBreadcrumbs: true,
    entryPoints: ['src/index.ts', 'src/concurrency/index.ts', 'src/server/faults/index.ts'].map(
      inCheckout,
    ),
    tsconfig: fileURLToPath(new URL('tsconfig.json', import.meta.url)),
    // The project's own tsc checks the types.
    skipErrorChecking: true,
    readme: 'none',
    excludeInternal: true,
    excludePrivate: true,
    // What is inherited from Promise and Error.
    excludeExternals: true,
    interfacePropertiesFormat: 'table',
    classPropertiesFormat: 'table',
    typeDeclarationFormat: 'table',
    parametersFormat: 'table',
    tableColumnSettings: {
      hideModifiers: true,
      hideInherited: true,
      hideOverrides: true,
      hideSources: true,
    },
    disableSources: true,
    treatValidationWarningsAsErrors: true,
    validation: { notExported: false, invalidLink: true, notDocumented: false },
  });
  const project = await app.convert();
  if (project === undefined || app.logger.hasErrors()) throw new Error('typedoc failed');
  await app.generateOutputs(project);
  if (app.logger.hasErrors()) throw new Error('typedoc failed');
}
