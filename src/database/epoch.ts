import type pg from 'pg';

/**
 * Raises the log's epoch by one when this database's next transaction id is not above what the log has
 * seen: a restored dump starts its ids anew, and the log's order goes on. The caller holds the migration lock.
 * @returns whether it was raised
 */
export async function raiseEpoch(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ epoch: number; next: string }>(
    'SELECT epoch, pg_snapshot_xmax(pg_current_snapshot())::text AS next FROM log_epoch',
  );
  const now = rows[0];
  if (now === undefined || BigInt(now.next) > (await greatestXid(client, now.epoch))) return false;
  await client.query('UPDATE log_epoch SET epoch = epoch + 1');
  return true;
}

/** Project by project, because the log's index leads with it: two index probes each, however long the log is. */
async function greatestXid(client: pg.Client, epoch: number): Promise<bigint> {
  let greatest = 0n;
  for (
    let project = await projectAfter(client, null);
    project !== null;
    project = await projectAfter(client, project)
  ) {
    const { rows } = await client.query<{ xid: string | null }>(
      'SELECT max(xid)::text AS xid FROM webhook_event WHERE project = $1 AND epoch = $2',
      [project, epoch],
    );
    const xid = BigInt(rows[0]?.xid ?? 0);
    if (xid > greatest) greatest = xid;
  }
  return greatest;
}

async function projectAfter(client: pg.Client, project: string | null): Promise<string | null> {
  const { rows } = await client.query<{ project: string }>(
    'SELECT project FROM webhook_event WHERE $1::text IS NULL OR project > $1 ORDER BY project LIMIT 1',
    [project],
  );
  return rows[0]?.project ?? null;
}
