import { arrayOf, type ElementType } from './driver/array.js';

/** Its name in SQL, its type, and what a row holds there: its place in the batch is known too. */
export type ParameterColumn<R> = readonly [name: string, type: ElementType, of: (row: R, place: number) => unknown];

/** Rows that travel to Postgres, a parameter for each column. */
export class UnnestedRows<R> {
  /**
   * What to select them from. Unnested in the select list: functions in `from` keep each column in a store of its own,
   * which costs an upsert a tenth to a quarter more.
   */
  readonly sql: string;

  /** @param first the number of the first parameter */
  constructor(
    private readonly columns: readonly ParameterColumn<R>[],
    first = 1,
  ) {
    const unnested = columns.map(([name, type], at) => `unnest($${at + first}::${type}[]) as ${name}`);
    this.sql = `(select ${unnested.join(', ')})`;
  }

  /** The parameters. */
  values(rows: readonly R[]): Buffer[] {
    return this.columns.map(([, type, of]) => arrayOf(type, rows.map(of)));
  }
}
