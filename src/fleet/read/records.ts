import { POSTGRES } from '../../ledger/read/dialect.ts';
import { Fields } from '../../ledger/read/read-record.ts';
import { type Condition, parseWhere } from '../../ledger/read/where.ts';
import { IS_DONE } from '../../ledger/schema.ts';
import { reasonsMeantBy } from '../../model/reason.ts';
import {
  type FieldValue,
  type RowField,
  type RowRecord,
  rowRecord,
} from '../../model/row-fields.ts';
import type { HostTotals } from '../../model/row-group.ts';
import type { Queries } from '../database.ts';
import { SCHEMA } from '../schema.ts';

/** Records that are read at a time. */
const CHUNK = 5_000;

/** A line of a table, as node-postgres has it. */
type Line = Readonly<Record<string, string | number | boolean | null>>;

/** The first value of each condition here. */
const PLAN = 'plan = $1';

/** The records of a plan that meet a condition. @throws WhereError */
export function conditionFor(plan: number, where: string | undefined): Condition {
  if (where === undefined) return { sql: PLAN, values: [plan] };
  const { sql, values } = parseWhere(where, POSTGRES, [plan]);
  return { sql: `${PLAN} AND ${sql}`, values };
}

/**
 * The records of a plan's rows to try again, as for a directory: those of any other rows that have their file
 * never are. Rows that wait for another try already are left out.
 * @throws WhereError
 */
export function retryConditionFor(
  plan: number,
  { where, reasons = [] }: { where?: string | undefined; reasons?: readonly string[] | undefined },
): Condition {
  const { sql, values } = conditionFor(plan, where);
  const parts = [sql, 'retry IS NULL', `NOT ${IS_DONE}`];
  if (where === undefined && reasons.length === 0) {
    parts.push("status IN ('failed', 'cancelled') AND reason IS DISTINCT FROM 'bad-row'");
  }
  const meant = reasons.flatMap(reasonsMeantBy);
  if (meant.length > 0) {
    const places = meant.map((_, at) => POSTGRES.parameter(values.length + at + 1, 'text'));
    parts.push(`reason IN (${places.join(', ')})`);
  }
  return { sql: parts.join(' AND '), values: [...values, ...meant] };
}

/** The number of records that meet a condition. */
export async function countRecords(queries: Queries, { sql, values }: Condition): Promise<number> {
  const text = `SELECT count(*) AS n FROM ${SCHEMA}.records WHERE ${sql}`;
  const { rows } = await queries.query<{ n: number }>(text, values);
  return rows[0]?.n ?? 0;
}

/**
 * The records that meet a condition, in the order of their shards. They are read in pieces, so a record that
 * is replaced meanwhile may be read before or after that.
 */
export async function* recordsOf(
  queries: Queries,
  { sql, values }: Condition,
): AsyncGenerator<RowRecord, void, undefined> {
  for await (const line of linesOf(queries, { sql, values }, '*')) yield readLine(line);
}

/** The ids of the records that meet a condition, in their order. */
export async function* idsOf(
  queries: Queries,
  condition: Condition,
): AsyncGenerator<number, void, undefined> {
  for await (const { id } of linesOf(queries, condition, 'id')) yield Number(id);
}

async function* linesOf(
  queries: Queries,
  { sql, values }: Condition,
  columns: string,
): AsyncGenerator<Line, void, undefined> {
  const after = `$${values.length + 1}::bigint`;
  const text = `SELECT ${columns} FROM ${SCHEMA}.records
    WHERE ${sql} AND id > ${after} ORDER BY plan, id LIMIT ${CHUNK}`;
  let last = -1;
  for (;;) {
    const { rows } = await queries.query<Line>(text, [...values, last]);
    yield* rows;
    if (rows.length < CHUNK) return;
    last = Number(rows.at(-1)?.id);
  }
}

function readLine(line: Line): RowRecord {
  const fields = new Fields(line as Record<string, string | number | null>, `record ${line.id}`);
  return rowRecord((field) => readField(field, fields, line));
}

function readField(
  { type, column, words, presence }: RowField,
  fields: Fields,
  line: Line,
): FieldValue | undefined {
  if (type === 'flag') return line[column] === true ? true : undefined;
  const isRequired = presence === 'required';
  if (type !== 'text') return isRequired ? fields.number(column) : fields.optionalNumber(column);
  if (words !== undefined) return fields.word(column, words);
  return isRequired ? fields.text(column) : fields.optionalText(column);
}

/** The hosts with the most rows, `most` of them at most. It reads every record. */
export async function hostsOf(queries: Queries, plan: number, most: number): Promise<HostTotals[]> {
  const { rows } = await queries.query<HostTotals>(
    `SELECT ${POSTGRES.host} AS host, count(*) AS rows, count(*) FILTER (WHERE NOT ${IS_DONE}) AS "notDone",
       coalesce(sum(bytes) FILTER (WHERE ${IS_DONE}), 0)::bigint AS bytes
     FROM ${SCHEMA}.records WHERE plan = $1 GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT $2`,
    [plan, most],
  );
  return rows;
}
