import type { Database } from '../../src/database/database.js';
import { projectedTables as projected } from '../../src/rebuild/shadow.js';

export { projected };

/** Every projected row with all its columns, in an order of its own text. */
export async function dumpTables(database: Database): Promise<Record<string, string[]>> {
  const dump: Record<string, string[]> = {};
  for (const table of projected) {
    const { rows } = await database.queries.query<{ row: string }>(`select to_json(t)::text as row from ${table} t`);
    dump[table] = rows.map(({ row }) => row).sort();
  }
  return dump;
}

/** As new: no event, no row. Deletes, for a truncate makes every index anew. */
export async function emptyDatabase(database: Database): Promise<void> {
  const tables = ['webhook_event', 'merge_lock', ...projected];
  await Promise.all(tables.map((table) => database.intake.query(`delete from ${table}`)));
}
