import type { ExportRows } from './format.js';

/** What is exported, page by page. */
export interface ExportTable {
  readonly columns: readonly string[];
  readonly pages: AsyncIterable<ExportRows>;
}
