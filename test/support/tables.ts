import type { Database } from '../../src/database/database.js';
import { sessionTables } from '../../src/projection/session-tables.js';
import { usageCells } from '../../src/rebuild/compare.js';

/** What is a function of the log, by name, as it stands after FROM. */
export const projected: Readonly<Record<string, string>> = {
  ...Object.fromEntries(sessionTables.map(({ name }) => [name, name])),
  usage_cell: usageCells.from('public'),
};

/** Every projected row with all its columns, in an order of its own text. */
export async function dumpTables(database: Database): Promise<Record<string, string[]>> {
  const dump: Record<string, string[]> = {};
  for (const [table, from] of Object.entries(projected)) {
    const { rows } = await database.queries.query<{ row: string }>(`select to_json(t)::text as row from ${from} t`);
    dump[table] = rows.map(({ row }) => row).sort();
  }
  return dump;
}
