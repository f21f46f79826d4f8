import type { ComponentChildren, Key } from 'preact';

/** A column of a {@link LineTable}. */
export interface Column<Item> {
  readonly heading: string;
  /** `number` is set to the right, and `wide` is left out on narrow screens. */
  readonly class?: 'number' | 'wide' | 'number wide' | undefined;
  readonly cell: (item: Item) => ComponentChildren;
}

interface Props<Item> {
  /** The id of the heading that names the table. */
  readonly title: string;
  /** The first one names the lines. */
  readonly columns: readonly [Column<Item>, ...Column<Item>[]];
  readonly items: readonly Item[];
  readonly keyOf: (item: Item) => Key;
}

/** A table with a line for each host or worker. It scrolls to the side where it is too wide. */
export function LineTable<Item>({ title, columns, items, keyOf }: Props<Item>) {
  const [first, ...others] = columns;
  return (
    <div class="scroll-x">
      <table class="hosts" aria-labelledby={title}>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.heading} scope="col" class={column.class}>
                {column.heading}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {items.map((item) => (
            <tr key={keyOf(item)}>
              <th scope="row">{first.cell(item)}</th>
              {others.map((column) => (
                <td key={column.heading} class={column.class}>
                  {column.cell(item)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
