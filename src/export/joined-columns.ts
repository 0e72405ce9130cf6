import { badInput } from '../http/refusal.js';
import type { Noun } from '../read/noun.js';
import type { Computed } from '../read/selection.js';
import { valueColumn } from '../usage/value-column.js';

const MOST = 20;
const joined = /^(roomMetadata|attribute):(.+)$/s;

/** The fields that are values of the room's metadata, or attributes of the person. @throws Refusal BAD_USER_INPUT */
export function joinedColumns(noun: Noun, fields = ''): Map<string, Computed> {
  const columns = new Map<string, Computed>();
  for (const field of fields.split(',')) {
    const [, kind, text] = joined.exec(field) ?? [];
    if (kind === undefined) continue;
    const column = valueColumn(noun, { [kind]: text });
    if (column === undefined) throw badInput(`There is no field "${field}": a ${noun.type} has no ${kind}.`);
    columns.set(field, column);
  }
  if (columns.size > MOST) throw badInput(`${columns.size} fields of metadata and attributes are more than ${MOST}.`);
  return columns;
}
