import pg from 'pg';

/** Citus's workers, as its coordinator knows them; their own databases have the coordinator's name. */
export async function workersOf(coordinator: string): Promise<string[]> {
  const rows = await on<{ host: string; port: number }>(
    coordinator,
    'select nodename as host, nodeport as port from pg_dist_node where groupid <> 0 order by nodeport',
  );
  return rows.map(({ host, port }) => Object.assign(new URL(coordinator), { host: `${host}:${port}` }).href);
}

/** Makes databases of one name on several servers one database of Citus. */
export async function joinNodes(coordinator: string, workers: readonly string[]): Promise<void> {
  for (const node of [coordinator, ...workers]) await on(node, 'create extension citus');
  const { hostname, port } = new URL(coordinator);
  await on(coordinator, 'select citus_set_coordinator_host($1, $2)', [hostname, Number(port)]);
  for (const worker of workers) {
    const { hostname: host, port: at } = new URL(worker);
    await on(coordinator, 'select citus_add_node($1, $2)', [host, Number(at)]);
  }
}

/** Citus keeps a connection to each of its databases; a template must have none. */
export async function letGo(server: string, database: string): Promise<void> {
  await on(server, `alter database ${database} allow_connections false`);
  await on(server, 'select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = $1', [database]);
}

export async function on<Row extends object>(url: string, sql: string, values: unknown[] = []): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(sql, values)).rows;
  } finally {
    await client.end();
  }
}
