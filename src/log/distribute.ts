import type { ClientBase } from 'pg';
import { hasCitus, isDistributed, NODES } from '../database/distributed-log.js';
import { LOG } from './months.js';
import { inShort, readPartitions } from './partitions.js';

export interface Distribution {
  readonly rows: number;
  readonly bytes: number;
  readonly partitions: number;
  readonly workers: readonly string[];
  readonly shards: number;
}

/** What distributing the log would do. @throws Error that says why it cannot be */
export async function distributionOf(client: ClientBase, shardsOfWorker: number): Promise<Distribution> {
  if (!(await hasCitus(client)))
    throw new Error('Citus is not in this database. Create the extension citus, and add workers.');
  if (await isDistributed(client)) throw new Error('The log of this database is distributed already.');
  const { rows: nodes } = await client.query<{ worker: string }>(
    `select nodename || ':' || nodeport as worker from pg_dist_node
      where groupid <> 0 and noderole = 'primary' and isactive and shouldhaveshards order by 1`,
  );
  if (nodes.length === 0)
    throw new Error("Citus has no workers. Add some, as with select citus_add_node('worker-1', 5432).");
  const partitions = await readPartitions(client);
  if (partitions === null || (await client.query('select from log_move')).rows.length > 0)
    throw new Error('The log is not divided by months yet. Start the service, until it has divided it.');
  await refuseOthers(client);
  const { rows } = await client.query<{ rows: number; bytes: number }>(
    `select (select count(*) from ${LOG}) as rows, sum(pg_total_relation_size(name::regclass))::bigint as bytes
      from unnest($1::text[]) name`,
    [partitions.map(({ name }) => name)],
  );
  const workers = nodes.map(({ worker }) => worker);
  return { ...rows[0]!, partitions: partitions.length, workers, shards: workers.length * shardsOfWorker };
}

async function refuseOthers(client: ClientBase): Promise<void> {
  const { rows } = await client.query<{ name: string; pid: number }>(
    `select application_name as name, pid from pg_stat_activity
      where datname = current_database() and application_name ^@ 'roomledger' and pid <> pg_backend_pid() order by pid limit 1`,
  );
  const [other] = rows;
  if (other)
    throw new Error(`Stop every service and command first: ${other.name} is connected (process ${other.pid}).`);
}

const PATIENT = 10;

/** In one transaction, with the log locked. */
export async function distribute(client: ClientBase, { shards }: Distribution): Promise<void> {
  await inShort(client, PATIENT, async () => {
    await client.query(`lock table ${LOG} in access exclusive mode`);
    // Copying takes as long as it takes.
    await client.query('set local idle_in_transaction_session_timeout = 0');
    await client.query(
      `select create_distributed_table('${LOG}', 'id', shard_count => $1::int, colocate_with => 'none')`,
      [shards],
    );
    await client.query(`select truncate_local_data_after_distributing_table('${LOG}')`);
    await client.query(`create table ${NODES} (id text collate "C" primary key)`);
    await client.query(`select create_distributed_table('${NODES}', 'id', colocate_with => '${LOG}')`);
    await client.query(
      `insert into ${NODES} select min(id) from (
        select n::text as id, get_shard_id_for_distribution_column('${NODES}', n::text) as shard
        from generate_series(1, 1000 * $1::int) n) placed group by shard`,
      [shards],
    );
  });
}

const RECOVERY = 'citus.recover_2pc_interval';

/** What a lost worker or coordinator left prepared is then soon resolved. @returns what must be done by hand; null: nothing */
export async function recoverSoon(client: ClientBase): Promise<string | null> {
  const statement = `alter system set ${RECOVERY} = '5s'`;
  try {
    await client.query(statement);
    await client.query('select pg_reload_conf()');
    return null;
  } catch {
    return `Run on the coordinator as superuser: ${statement}; select pg_reload_conf();`;
  }
}
