import { heldFields, idField, type Noun, type Pointer, selectList } from './noun.js';
import type { Row } from './reading.js';
import type { ListSelection } from './selection.js';
import type { StatementBuilder } from './statement.js';

/** Joins the rows that each row of the page points at, as `toOne` does. Columns are named `pointer.field`. */
export function withPointed(
  statement: StatementBuilder,
  { fields, pointed }: ListSelection,
  { noun, page, cursor }: { noun: Noun; page: string; cursor: readonly string[] },
): string {
  if (pointed.size === 0) return page;
  const joined = [...pointed].map(([name, ofOne]) => {
    const one = pointedSql(statement, { name, pointer: noun.pointers![name]!, fields: ofOne });
    return ` left join lateral (${one}) as ${name} on true`;
  });
  // Leaves out columns that only the join needed: reading a column costs more than finding it.
  const held = heldFields(noun, new Set([...fields].filter((field) => !pointed.has(field))));
  const shown = [
    ...[...held, ...cursor].map((name) => `page."${name}"`),
    ...[...pointed.keys()].map((name) => `${name}.*`),
  ];
  return `select ${shown.join(', ')} from (${page}) as page${joined.join('')}`;
}

function pointedSql(
  statement: StatementBuilder,
  { name, pointer, fields }: { name: string; pointer: Pointer; fields: ReadonlySet<string> },
): string {
  const { noun, id } = pointer;
  const columns = selectList(noun, new Set([...fields, idField(noun, fields)]), `${name}.`);
  const named = `${noun.columns['roomName']} = page."roomName"`;
  const ofId = `from ${noun.table} where ${noun.id[0]} = page."${id}" and ${statement.inScope}`;
  // No order by name: sorting one room for each row took a tenth of the time.
  return `select ${columns} ${ofId} and (${named} or not exists (select ${ofId} and ${named})) order by ${noun.id.join(', ')} limit 1`;
}

/** Turns joined columns into nested rows; null if there is none. */
export function nestPointed(
  rows: readonly Record<string, unknown>[],
  { pointed }: ListSelection,
  { pointers }: Noun,
): Row[] {
  const [first] = rows;
  if (pointed.size === 0 || first === undefined) return rows as Row[];
  for (const [name, ofOne] of pointed) {
    const id = idField(pointers![name]!.noun, ofOne);
    const prefix = `${name}.`;
    const columns = Object.keys(first).filter((column) => column.startsWith(prefix));
    if (columns.length === 0) continue;
    const fields = columns.map((column) => column.slice(prefix.length));
    for (const row of rows) {
      const one: Record<string, unknown> = {};
      fields.forEach((field, at) => (one[field] = row[columns[at]!]));
      row[name] = one[id] === null ? null : one;
    }
  }
  return rows as Row[];
}
