import type pg from 'pg';
import type { Database } from '../database/database.js';
import { rewritePartition } from '../log/keep.js';
import { keepingLog, untilFree } from '../log/log-lock.js';
import { inShort } from '../log/partitions.js';
import { rebuild } from '../rebuild/rebuild.js';

/**
 * Puts new files in the place of those that held texts of people erased so far: an update leaves the old version of a
 * row in its file. In steps as short as any, beside the running service.
 * @returns the rewritten partitions of the log
 */
export async function eraseFiles({ url, prisma }: Database): Promise<string[]> {
  const before = await prisma.erasure.findMany({ where: { filesGoneAt: null, NOT: { finishedAt: null } } });
  const ids = before.map(({ id }) => id);
  const partitions = await keepingLog(url, { wait: true }, async (keeping) => {
    const names = await partitionsOf(keeping.client, ids);
    for (const name of names) await rewritePartition(keeping, name);
    return names;
  });
  await rebuild(url);
  await keepingLog(url, { wait: true }, async ({ client, stopped }) => {
    // Its rows are but places to wait at.
    await untilFree(stopped, (attempt) => inShort(client, attempt, () => client.query('truncate merge_lock')));
    if (before.some(({ rooms }) => rooms > 0)) await client.query('vacuum (full, analyze) sighting');
    // Frees the files of what was dropped; not every role may.
    await client.query('checkpoint').catch(() => undefined);
  });
  await prisma.erasure.updateMany({ where: { id: { in: ids } }, data: { filesGoneAt: new Date() } });
  return partitions!;
}

const columns = ['participant_sid', 'room_sid', 'egress_id', 'resource_id', 'job_id'];

async function partitionsOf(client: pg.Client, erasures: readonly number[]): Promise<string[]> {
  const found = columns.map(
    (
      column,
    ) => `select e.tableoid::regclass::text as part from erased_key k join webhook_event e on e.${column} = k.key and e.project = k.project
      where k.erasure = any($1)`,
  );
  const { rows } = await client.query<{ name: string }>(
    `select distinct regexp_replace(part, '^.*\\.|_\\d{6,}$', '', 'g') as name from (${found.join(' union ')}) found order by 1`,
    [erasures],
  );
  return rows.map(({ name }) => name);
}
