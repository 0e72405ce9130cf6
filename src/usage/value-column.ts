import type { Noun } from '../read/noun.js';
import type { Computed } from '../read/selection.js';
import { type DimensionInput, dimensionSql } from './dimensions.js';
import { joinSql } from './pieces-sql.js';
import { type Joins, meters } from './meters.js';

/** What usage groups by, as a column of a list; undefined if its rows have no such value. */
export function valueColumn(noun: Noun, input: DimensionInput): Computed | undefined {
  const meter = Object.values(meters).find((one) => one.noun === noun);
  const sql = meter && dimensionSql(meter, input);
  if (meter === undefined || sql === undefined) return undefined;
  return (statement) => {
    const joins: Joins = new Set();
    const value = sql(statement, joins);
    const from = [`(select ${noun.table}.*) as session`, ...[...joins].map((join) => joinSql[join](statement, meter))];
    return `(select ${value} from ${from.join(' left join ')})`;
  };
}
