import type { ClientBase } from 'pg';
import type { Lines } from './archive/write.js';

const PAGES = 256;
const ROWS = 50;

/** Rows of a table, in the order of its pages; each snapshot is short. @param where a condition on the alias `e` */
export async function* linesOf(client: ClientBase, table: string, where = 'true'): AsyncGenerator<Lines> {
  const { rows: sizes } = await client.query<{ pages: number }>(
    `select pg_relation_size($1::regclass) / current_setting('block_size')::int as pages`,
    [table],
  );
  for (let page = 0; page < sizes[0]!.pages; page += PAGES) {
    await client.query('begin read only; set local idle_in_transaction_session_timeout = 0');
    await client.query(`declare lines no scroll cursor for select row_to_json(e)::text as line from only ${table} e
      where ctid >= '(${page},0)' and ctid < '(${page + PAGES},0)' and ${where}`);
    for (;;) {
      const { rows } = await client.query<{ line: string }>(`fetch ${ROWS} from lines`);
      if (rows.length === 0) break;
      yield { text: rows.map(({ line }) => `${line.replaceAll('\n', ' ')}\n`).join(''), rows: rows.length };
    }
    await client.query('commit');
  }
}
