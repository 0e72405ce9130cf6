import type { Rows } from './format.js';

/** What is exported, page by page. */
export interface Table {
  readonly columns: readonly string[];
  readonly pages: AsyncIterable<Rows>;
}
