import { DatabaseSync } from 'node:sqlite';
import { CREATE_TABLES } from './schema.ts';

/** A line for each column of each table or view, and what SQLite makes sure of for it. */
const COLUMNS = `
  SELECT json_array(list.name, list.type, list.strict, info.name, info.type, info."notnull", info.pk) AS line
  FROM pragma_table_list AS list, pragma_table_xinfo(list.name) AS info
  WHERE list.schema = 'main' AND list.name NOT LIKE 'sqlite_%'
  ORDER BY list.type, list.name, info.cid`;

let expected: ReadonlySet<string> | undefined;

/**
 * Makes sure that a ledger has the tables of its version: SQLite then sees to the types of what is in
 * them (STRICT), and no query fails for a column that an edit has removed. More columns do no harm.
 * @throws Error that says which is missing
 */
export function checkTables(database: DatabaseSync): void {
  expected ??= columnsOfNew();
  const [missing] = expected.difference(columnsOf(database));
  if (missing === undefined) return;
  const [table, , , column] = JSON.parse(missing) as string[];
  throw new Error(
    `its column ${table}.${column} is missing, or is not as a run makes it; restore the ledger, or move it away`,
  );
}

function columnsOfNew(): ReadonlySet<string> {
  using database = new DatabaseSync(':memory:');
  database.exec(CREATE_TABLES);
  return columnsOf(database);
}

function columnsOf(database: DatabaseSync): ReadonlySet<string> {
  return new Set(
    database
      .prepare(COLUMNS)
      .all()
      .map(({ line }) => String(line)),
  );
}
