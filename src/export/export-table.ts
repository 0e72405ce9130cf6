import type { ExportRows } from './format.js';

export interface ExportTable {
  readonly columns: readonly string[];
  readonly pages: AsyncIterable<ExportRows>;
}
