import { type Noun, type Pointer, selectList } from './noun.js';
import type { Row } from './reading.js';
import type { ListSelection } from './selection.js';
import type { Statement } from './statement.js';

/**
 * The page with the rows that its rows point at: of the same room name if there is one, else the first of the id,
 * as `toOne` has it. Their columns are named `pointer.field`.
 */
export function withPointed(
  statement: Statement,
  selection: ListSelection,
  { noun, page }: { noun: Noun; page: string },
): string {
  const joined = [...selection.pointed].map(([name, fields]) => {
    const one = pointedSql(statement, { name, pointer: noun.pointers![name]!, fields });
    return ` left join lateral (${one}) as ${name} on true`;
  });
  if (joined.length === 0 || !statement.laterals) return page;
  return `select * from (${page}) as page${joined.join('')}`;
}

function pointedSql(
  statement: Statement,
  { name, pointer, fields }: { name: string; pointer: Pointer; fields: ReadonlySet<string> },
): string {
  const { noun, id } = pointer;
  const columns = selectList(noun, new Set([...fields, 'id']), `${name}.`);
  const named = `${noun.columns['roomName']} = page."roomName"`;
  const ofId = `from ${noun.table} where ${noun.id[0]} = page."${id}" and ${statement.inScope}`;
  // Not by an order with the name first: to sort each row's one room took a tenth of the statement.
  return `select ${columns} ${ofId} and (${named} or not exists (select ${ofId} and ${named})) order by ${noun.id.join(', ')} limit 1`;
}

/** Moves what rows point at into rows of their own: null where there is none. */
export function nestPointed(rows: readonly Record<string, unknown>[], { pointed }: ListSelection): Row[] {
  const [first] = rows;
  if (pointed.size === 0 || first === undefined) return rows as Row[];
  for (const name of pointed.keys()) {
    const prefix = `${name}.`;
    const columns = Object.keys(first).filter((column) => column.startsWith(prefix));
    if (columns.length === 0) continue;
    const fields = columns.map((column) => column.slice(prefix.length));
    for (const row of rows) {
      const one: Record<string, unknown> = {};
      fields.forEach((field, at) => (one[field] = row[columns[at]!]));
      row[name] = one['id'] === null ? null : one;
    }
  }
  return rows as Row[];
}
