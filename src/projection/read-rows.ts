import { snakeCase } from '../text/snake-case.js';
import { type ParameterColumn, UnnestedRows } from '../database/unnested-rows.js';
import type { Run } from '../database/transaction.js';
import { memoized, selectList, type RowValues, type SessionTable } from './session-table.js';

// Each read leaves the planner one usable index: the first key column, or an expression that only one index has.
// Without statistics, as on a new table, every matching index looks equally good.

export async function readByKey<R extends object>(
  run: Run,
  table: SessionTable,
  wanted: readonly object[],
): Promise<R[]> {
  if (wanted.length === 0) return [];
  const { text, keys } = byKey(table);
  return run<R>({ name: `${table.name} by key`, text, values: keys.values(wanted) });
}

const byKey = memoized((table: SessionTable) => {
  const keys = new UnnestedRows(table.key.map((name, at) => textColumn(`k${at}`, name)));
  const matches = table.key.map((name, at) => `r.${snakeCase(name)}${at > 0 ? unindexed : ''} = k.k${at}`);
  const text = `select ${selectList(table)} from ${keys.sql} k
    join ${table.name} r on ${matches.join(' and ')}`;
  return { text, keys };
});

function textColumn(as: string, name: string): ParameterColumn<object> {
  return [as, 'text', (row) => (row as RowValues)[name]];
}

/** Keeps the planner from using an index of the column. */
const unindexed = ` || ''`;

/** Rows of one project and one value of `by`: they can supersede each other. */
export interface Siblings<F> {
  readonly table: SessionTable;
  readonly by: string;
  /** The earliest start that these facts allow, in ms. */
  readonly since: (facts: F) => number;
  /** SQL, alias r: after this time the row can no longer change. */
  readonly until: string;
}

/** The rows of `facts` and their siblings: all that a changed start can affect. */
export async function readSiblings<F extends object, R extends object>(
  run: Run,
  siblings: Siblings<F>,
  facts: readonly F[],
): Promise<R[]> {
  if (facts.length === 0) return [];
  const { text, wanted } = bySiblings(siblings as Siblings<object>);
  return run<R>({ name: `${siblings.table.name} siblings`, text, values: wanted.values(facts) });
}

const bySiblings = memoized(({ table, by, since, until }: Siblings<object>) => {
  const id = table.key[0] ?? '';
  const wanted = new UnnestedRows<object>([
    textColumn('id', id),
    textColumn('shared', by),
    textColumn('project', 'project'),
    ['since', 'timestamptz', since],
  ]);
  const text = `select ${selectList(table)} from ${wanted.sql} k
    left join ${table.name} t on t.${snakeCase(id)} = k.id and t.${snakeCase(by)}${unindexed} = k.shared
      and t.project${unindexed} = k.project
    join ${table.name} r on r.${snakeCase(by)} || '/' || r.project = k.shared || '/' || k.project
      and ${until} >= least(t.started_at, k.since)`;
  return { text, wanted };
});
