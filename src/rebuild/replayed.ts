import { readEvent, type LedgerEvent } from '../livekit/event.js';
import type { LogRow } from './stretch.js';

/** An event of the log as this version reads it. */
export interface Replayed {
  readonly row: LogRow;
  readonly event: LedgerEvent;
}

export function readRow(row: LogRow): Replayed {
  return { row, event: readEvent(row.project, row.payload, row.received) };
}
