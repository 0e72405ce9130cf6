import type { ClientBase } from 'pg';
import { COPY, copyChanges, copyName, FITS, type Move, rename, renameIndexes } from './copy.js';
import { LOG } from './months.js';
import { boundSql, lockLog } from './partitions.js';

/** Puts copies in the place of one partition. Locks wait for every writer, so nothing is written meanwhile. */
export async function exchangePartition(client: ClientBase, { source, pieces }: Move): Promise<void> {
  await lockLog(client);
  await client.query(`lock table ${source} in access exclusive mode`);
  await copyLast(client, source);
  await client.query(`alter table ${LOG} detach partition ${source}`);
  await client.query(`drop table ${source}`);
  for (const piece of pieces) {
    const copy = copyName(source, piece);
    await client.query(`alter table ${COPY} detach partition ${copy}`);
    await rename(client, copy, piece.name);
    await client.query(`alter table ${LOG} attach partition ${piece.name} ${boundSql(piece)}`);
    await client.query(`alter table ${piece.name} drop constraint ${FITS}`);
  }
  await client.query(`drop table ${COPY}`);
  await client.query('delete from log_move');
}

const VIEW = 'correction';
const OLD = `${COPY}_source`;

export async function exchangeLog(client: ClientBase): Promise<void> {
  await lockLog(client);
  await copyLast(client, LOG);
  const { rows: views } = await client.query<{ sql: string }>(`select pg_get_viewdef('${VIEW}'::regclass) as sql`);
  for (const sql of await grantsOf(client)) await client.query(sql);
  await client.query(`alter sequence ${LOG}_seq_seq owned by ${COPY}.seq`);
  await client.query(`alter table ${LOG} rename to ${OLD}`);
  await client.query(`alter table ${COPY} rename to ${LOG}`);
  await client.query(`create or replace view ${VIEW} as ${views[0]!.sql}`);
  await client.query(`drop table ${OLD}`);
  await renameIndexes(client, LOG, COPY);
  await client.query('delete from log_move');
}

async function copyLast(client: ClientBase, source: string): Promise<void> {
  while ((await copyChanges(client, source)) > 0);
}

async function grantsOf(client: ClientBase): Promise<string[]> {
  const { rows } = await client.query<{ sql: string }>(
    `select format('grant %s on ${COPY} to %s%s', privilege_type, case grantee when 0 then 'public' else grantee::regrole::text end,
        case when is_grantable then ' with grant option' else '' end) as sql
      from pg_class, aclexplode(relacl) where oid = '${LOG}'::regclass and grantee <> relowner`,
  );
  return rows.map(({ sql }) => sql);
}
