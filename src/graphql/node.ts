import { nouns } from '../read/nouns/all.js';
import { badInput } from '../read/bad-input.js';
import { MAX_LIST } from '../read/filters.js';
import { type Ask, rowsById } from '../read/lookup.js';
import type { Noun } from '../read/noun.js';
import type { Row } from '../read/reading.js';

/** Whatever has this id, each row with the `__typename` of its type; null where nothing has. */
export async function nodesById(ids: readonly string[], ask: Ask): Promise<(Row | null)[]> {
  if (ids.length > MAX_LIST) throw badInput(`${ids.length} ids are more than ${MAX_LIST}.`);
  const located = await locate(ids, ask);
  const found = await Promise.all(nouns.map((noun) => readAll(noun, located, ask)));
  // An id of two types gives the first.
  const byId = new Map(
    found
      .reverse()
      .flat()
      .map((row) => [row['id'], row]),
  );
  return ids.map((id) => byId.get(id) ?? null);
}

// LiveKit's prefixes only hint at the type: ids of ingress sessions have several, and old servers others.
function locate(ids: readonly string[], { reading }: Ask): Promise<Row[]> {
  const statement = reading.statement();
  const wanted = `= any(${statement.bind(ids)}::text[]) and ${statement.inScope}`;
  const parts = nouns.map(
    ({ type, table, id: [id] }) => `select '${type}' as type, ${id} as id from ${table} where ${id} ${wanted}`,
  );
  return reading.rowsOfPrepared(statement, parts.join(' union '));
}

async function readAll(noun: Noun, located: readonly Row[], ask: Ask): Promise<Row[]> {
  const ids = located.filter((row) => row['type'] === noun.type).map((row) => row['id'] as string);
  if (ids.length === 0) return [];
  return (await rowsById(noun, ids, ask)).map((row) => ({ ...row, __typename: noun.type }));
}
