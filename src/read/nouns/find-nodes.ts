import { badInput } from '../../http/refusal.js';
import { MAX_LIST } from '../filters.js';
import { type Lookup, rowsById } from '../lookup.js';
import type { Noun } from '../noun.js';
import type { Row } from '../reading.js';
import { nouns } from './all.js';

/** Rows of any type, each with its `__typename`; null for an unknown id. */
export async function findNodes(ids: readonly string[], lookup: Lookup): Promise<(Row | null)[]> {
  if (ids.length > MAX_LIST) throw badInput(`${ids.length} ids are more than ${MAX_LIST}.`);
  const located = await locate(ids, lookup);
  const found = await Promise.all(nouns.map((noun) => readAll(noun, located, lookup)));
  // If two types have an id, the first type wins.
  const byId = new Map(
    found
      .reverse()
      .flat()
      .map((row) => [row['id'], row]),
  );
  return ids.map((id) => byId.get(id) ?? null);
}

// LiveKit's prefixes only hint at the type: ingress sessions have several, and older servers use others.
function locate(ids: readonly string[], { reading }: Lookup): Promise<Row[]> {
  const statement = reading.statement();
  const wanted = `= any(${statement.bind(ids)}::text[]) and ${statement.inScope}`;
  const possible = (nouns as readonly Noun[]).filter(
    ({ idPrefix, ofProject }) =>
      !(ofProject && statement.ofOneRoom) && (!idPrefix || ids.some((id) => id.startsWith(idPrefix))),
  );
  const parts = possible.map(
    ({ type, table, id: [id] }) => `select '${type}' as type, ${id} as id from ${table} where ${id} ${wanted}`,
  );
  return reading.rowsOfPrepared(statement, parts.join(' union '));
}

async function readAll(noun: Noun, located: readonly Row[], lookup: Lookup): Promise<Row[]> {
  const ids = located.filter((row) => row['type'] === noun.type).map((row) => row['id'] as string);
  if (ids.length === 0) return [];
  return (await rowsById(noun, ids, lookup)).map((row) => ({ ...row, __typename: noun.type }));
}
