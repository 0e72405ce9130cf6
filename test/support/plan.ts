import type { Pool } from 'pg';
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
  /** Tables read from end to end. */
  readonly sequential: readonly string[];
  readonly indexes: readonly string[];
  /** Rows and index entries that its scans took up, also those that they dropped again. */
  readonly rows: number;
  readonly buffers: number;
}

/** Runs a statement once more, and tells how Postgres did it. */
export async function planOf(pool: Pool, { text, values }: Sent): Promise<Plan> {
  const explain = `explain (analyze, buffers, format json) ${text}`;
  const { rows } = await pool.query<{ 'QUERY PLAN': [{ Plan: Node }] }>(explain, values);
  const root = rows[0]!['QUERY PLAN'][0].Plan;
  const scans = nodesOf(root).filter((node) => node['Node Type'].endsWith('Scan'));
  const tables = scans.filter((node) => node['Relation Name'] !== undefined || node['Index Name'] !== undefined);
  return {
    sequential: scans
      .filter((node) => node['Node Type'].endsWith('Seq Scan'))
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
