import type { Reading } from '../read/reading.js';
import type { ExportRows } from './format.js';

export interface ExportTable {
  readonly columns: readonly string[];
  /** Nothing is read before the first page is asked for. */
  readonly pages: (reading: Reading) => AsyncIterable<ExportRows>;
}
