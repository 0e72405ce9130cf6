import type { StatementBuilder } from './statement.js';

export type Computed = (statement: StatementBuilder) => string;

export interface ListSelection {
  readonly fields: ReadonlySet<string>;
  readonly cursors: boolean;
  /** Columns named computed0, computed1, … */
  readonly computed?: readonly Computed[];
  /** The selected fields of each pointer. */
  readonly pointed: ReadonlyMap<string, ReadonlySet<string>>;
}
