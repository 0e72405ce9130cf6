import { columnOf } from '../database/column.js';
import { type ParameterColumn, UnnestedRows } from '../database/unnested-rows.js';
import type { Run } from '../database/transaction.js';
import { onceFor, selectList, type Row, type Table } from './table.js';

// Each read leaves only one index to take: the primary key by its leading column, or an expression that no
// other index has. On a new table every index that matches anything looks as good as any other.

/** The rows that have these keys. */
export async function readByKey<R extends object>(run: Run, table: Table, wanted: readonly object[]): Promise<R[]> {
  if (wanted.length === 0) return [];
  const { text, keys } = byKey(table);
  return run<R>({ name: `${table.name} by key`, text, values: keys.values(wanted) });
}

const byKey = onceFor((table: Table) => {
  const keys = new UnnestedRows(table.key.map((name, at) => textColumn(`k${at}`, name)));
  const matches = table.key.map((name, at) => `r.${columnOf(name)}${at > 0 ? unindexed : ''} = k.k${at}`);
  const text = `select ${selectList(table)} from ${keys.sql} k
    join ${table.name} r on ${matches.join(' and ')}`;
  return { text, keys };
});

function textColumn(as: string, name: string): ParameterColumn<object> {
  return [as, 'text', (row) => (row as Row)[name]];
}

/** Makes an index useless for a column. */
const unindexed = ` || ''`;

export interface Family<F> {
  readonly table: Table;
  /** The column that names the family, beside the project. */
  readonly by: string;
  /** The least start that these facts tell, in ms. */
  readonly since: (facts: F) => number;
  /** Past this time nothing can change any more in a row: SQL on alias r. */
  readonly until: string;
}

/**
 * The rows of the told rows' families that they can concern, themselves included: all whose `until` is not
 * before the least start that a told row has, or is told to have.
 */
export async function readFamilies<F extends object, R extends object>(
  run: Run,
  family: Family<F>,
  told: readonly F[],
): Promise<R[]> {
  if (told.length === 0) return [];
  const { text, toldRows } = byFamily(family as Family<object>);
  return run<R>({ name: `${family.table.name} families`, text, values: toldRows.values(told) });
}

const byFamily = onceFor(({ table, by, since, until }: Family<object>) => {
  const id = table.key[0] ?? '';
  const toldRows = new UnnestedRows<object>([
    textColumn('id', id),
    textColumn('family', by),
    textColumn('project', 'project'),
    ['since', 'timestamptz', since],
  ]);
  const text = `select ${selectList(table)} from ${toldRows.sql} k
    left join ${table.name} t on t.${columnOf(id)} = k.id and t.${columnOf(by)}${unindexed} = k.family
      and t.project${unindexed} = k.project
    join ${table.name} r on r.${columnOf(by)} || '/' || r.project = k.family || '/' || k.project
      and ${until} >= least(t.started_at, k.since)`;
  return { text, toldRows };
});
