import { arrayOf, rowsOf } from '../database/array.js';
import { columnOf } from '../database/column.js';
import type { Run } from '../database/transaction.js';
import { onceFor, selectList, type Row, type Table } from './table.js';

// Each read leaves only one index to take: the primary key by its leading column, or an expression that no
// other index has. On a new table every index that matches anything looks as good as any other.

/** The rows that have these keys. */
export async function readByKey<R extends object>(run: Run, table: Table, wanted: readonly object[]): Promise<R[]> {
  if (wanted.length === 0) return [];
  const values = table.key.map((name) => textsOf(wanted, name));
  return run<R>({ name: `${table.name} by key`, text: byKey(table), values });
}

const byKey = onceFor((table: Table) => {
  const keys = rowsOf(table.key.map((_, at) => [`k${at}`, 'text']));
  const matches = table.key.map((name, at) => `r.${columnOf(name)}${at > 0 ? unindexed : ''} = k.k${at}`);
  return `select ${selectList(table)} from ${keys} k
    join ${table.name} r on ${matches.join(' and ')}`;
});

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
  const { table, by } = family;
  const keys = [table.key[0] ?? '', by, 'project'].map((name) => textsOf(told, name));
  const values = [...keys, arrayOf('timestamptz', told.map(family.since))];
  return run<R>({ name: `${table.name} families`, text: byFamily(family), values });
}

const toldRows = rowsOf([
  ['id', 'text'],
  ['family', 'text'],
  ['project', 'text'],
  ['since', 'timestamptz'],
]);

const byFamily = onceFor(({ table, by: name, until }: Omit<Family<never>, 'since'>) => {
  const by = columnOf(name);
  const lead = columnOf(table.key[0] ?? '');
  return `select ${selectList(table)} from ${toldRows} k
    left join ${table.name} t on t.${lead} = k.id and t.${by}${unindexed} = k.family and t.project${unindexed} = k.project
    join ${table.name} r on r.${by} || '/' || r.project = k.family || '/' || k.project
      and ${until} >= least(t.started_at, k.since)`;
});

function textsOf(rows: readonly object[], name: string): Buffer {
  return arrayOf(
    'text',
    rows.map((row) => (row as Row)[name]),
  );
}
