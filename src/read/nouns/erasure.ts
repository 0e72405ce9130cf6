import { plain } from '../columns.js';
import type { Noun } from '../noun.js';

/** Who had how much erased, never who was erased: a view. */
export const erasure: Noun = {
  type: 'Erasure',
  table: 'erasure_report',
  id: ['id'],
  idPrefix: 'erasure:',
  columns: { id: 'id', ...plain('at', 'by', 'sessions', 'rooms', 'events', 'finishedAt', 'filesGoneAt') },
  keys: [],
  filters: {},
  orders: { NUMBER: [{ sql: 'number', kind: 'integer' }] },
  defaultOrder: 'NUMBER',
  ofProject: true,
};
