import pg, { type Pool } from 'pg';
import type { Sent } from './recorded.js';

interface Node {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly 'Rows Removed by Index Recheck'?: number;
  readonly 'Shared Hit Blocks': number;
  readonly 'Shared Read Blocks': number;
  readonly Plans?: readonly Node[];
}

/** What a statement did when it was run. */
export interface Plan {
  /** Tables read from end to end, but for empty ones: a month that is made ahead has no order to read by. */
  readonly sequential: readonly string[];
  readonly indexes: readonly string[];
  /** Rows and index entries that its scans took up, also those that they dropped again. */
  readonly rows: number;
  readonly buffers: number;
}

type Explained = { 'QUERY PLAN': [{ Plan: Node }] };

/** Runs a statement once more, and tells how Postgres did it: one that is kept prepared by its plan for any values. */
export async function planOf(pool: Pool, { name, text, values = [] }: Sent): Promise<Plan> {
  const explain = 'explain (analyze, buffers, format json)';
  const client = await pool.connect();
  try {
    if (name === undefined) return planIn((await client.query<Explained>(`${explain} ${text}`, values)).rows);
    await client.query('set plan_cache_mode = force_generic_plan');
    await client.query(`prepare explained as ${text}`);
    return planIn(
      (await client.query<Explained>(`${explain} execute explained (${values.map(literal).join(', ')})`)).rows,
    );
  } finally {
    client.release(true);
  }
}

function literal(value: unknown): string {
  if (value === null) return 'null';
  const text = Array.isArray(value) ? `{${value.map((one) => JSON.stringify(String(one))).join(',')}}` : String(value);
  return pg.escapeLiteral(text);
}

function planIn(rows: Explained[]): Plan {
  const root = rows[0]!['QUERY PLAN'][0].Plan;
  const scans = nodesOf(root).filter((node) => node['Node Type'].endsWith('Scan'));
  const tables = scans.filter((node) => node['Relation Name'] !== undefined || node['Index Name'] !== undefined);
  return {
    sequential: scans
      .filter((node) => node['Node Type'].endsWith('Seq Scan') && takenUp(node) > 0)
      .map((node) => node['Relation Name'] ?? ''),
    indexes: [...new Set(scans.flatMap((node) => node['Index Name'] ?? []))],
    rows: tables.reduce((sum, node) => sum + takenUp(node), 0),
    buffers: root['Shared Hit Blocks'] + root['Shared Read Blocks'],
  };
}

function nodesOf(node: Node): Node[] {
  return [node, ...(node.Plans ?? []).flatMap(nodesOf)];
}

function takenUp(node: Node): number {
  const dropped = (node['Rows Removed by Filter'] ?? 0) + (node['Rows Removed by Index Recheck'] ?? 0);
  return Math.round((node['Actual Rows'] + dropped) * node['Actual Loops']);
}
