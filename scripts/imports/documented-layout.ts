/**
 * One line for each folder that the table in docs/design.md does not name, or that it names though
 * it is not there. The table is below the heading `## Layout`; each of its rows begins with a
 * folder in backticks, from the root of the checkout, with a slash at its end.
 *
 * @param document the text of docs/design.md
 * @param folders all folders of the sources, written like those in the table
 */
export function layoutProblems(document: string, folders: readonly string[]): string[] {
  const section = document.split(/^## /m).find((part) => part.startsWith('Layout\n'));
  if (section === undefined) return ['docs/design.md has no section "## Layout"'];
  const told = Array.from(section.matchAll(/^\| `([^`]+\/)` \|/gm), ([, folder = '']) => folder);
  return [
    ...folders
      .filter((folder) => !told.includes(folder))
      .map((folder) => `docs/design.md: the layout does not name ${folder}`),
    ...told
      .filter((folder) => !folders.includes(folder))
      .map((folder) => `docs/design.md: the layout names ${folder}, which is not there`),
    ...told
      .filter((folder, i) => told.indexOf(folder) !== i)
      .map((folder) => `docs/design.md: the layout names ${folder} twice`),
  ];
}
