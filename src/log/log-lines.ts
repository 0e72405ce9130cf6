import type { ClientBase } from 'pg';
import { isDistributed } from '../database/distributed-log.js';
import type { Lines } from './archive/write.js';

export const PAGES = 256;
const ROWS = 50;

/** At least as many pages as a table has, or as each of its shards has. */
export async function pagesOf(client: ClientBase, table: string): Promise<number> {
  const size = (await isDistributed(client, table)) ? 'citus_relation_size' : 'pg_relation_size';
  const { rows } = await client.query<{ pages: number }>(
    `select ${size}($1::regclass) / current_setting('block_size')::int as pages`,
    [table],
  );
  return rows[0]!.pages;
}

/** Rows of a table, in the order of its pages; each snapshot is short. @param where a condition on the alias `e` */
export async function* linesOf(client: ClientBase, table: string, where = 'true'): AsyncGenerator<Lines> {
  const pages = await pagesOf(client, table);
  for (let page = 0; page < pages; page += PAGES) {
    await client.query('begin read only; set local idle_in_transaction_session_timeout = 0');
    await client.query(`declare lines no scroll cursor for select row_to_json(e)::text as line from ${table} e
      where ctid >= '(${page},0)' and ctid < '(${page + PAGES},0)' and ${where}`);
    for (;;) {
      const { rows } = await client.query<{ line: string }>(`fetch ${ROWS} from lines`);
      if (rows.length === 0) break;
      yield { text: rows.map(({ line }) => `${line.replaceAll('\n', ' ')}\n`).join(''), rows: rows.length };
    }
    await client.query('commit');
  }
}
