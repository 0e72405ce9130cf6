import { Loader } from './loader.js';
import { type Noun, selectList } from './noun.js';
import type { Reading, Row } from './reading.js';

export interface Lookup {
  readonly reading: Reading;
  readonly fields: ReadonlySet<string>;
}

interface Target {
  readonly id: string;
  readonly roomName: string | null;
}

export async function byId(noun: Noun, id: string, lookup: Lookup): Promise<Row | null> {
  const [row] = await rowsById(noun, [id], lookup);
  return row ?? null;
}

/** Leaves out unknown ids. Of rows with the same id, returns the first. */
export function rowsById(noun: Noun, ids: readonly string[], lookup: Lookup): Promise<Row[]> {
  return select(noun, ids, { ...lookup, distinct: `distinct on (${noun.id[0]}) ` });
}

/** Prefers the row with the same room name, else the first with the id. Batched by `place`. */
export function toOne(noun: Noun, target: Target, lookup: Lookup & { place: object }): Promise<Row | null> {
  const { reading, place } = lookup;
  return reading.once(place, () => new Loader((targets: readonly Target[]) => load(noun, targets, lookup))).get(target);
}

async function load(noun: Noun, targets: readonly Target[], lookup: Lookup): Promise<(Row | null)[]> {
  const ids = [...new Set(targets.map(({ id }) => id))];
  const found = new Map<unknown, Row[]>(ids.map((id) => [id, []]));
  for (const row of await select(noun, ids, { ...lookup, distinct: '' })) found.get(row['id'])!.push(row);
  lookup.reading.shares(targets.length - ids.length + 1);
  return targets.map(({ id, roomName }) => {
    const rows = found.get(id)!;
    return rows.find((row) => row['roomName'] === roomName) ?? rows[0] ?? null;
  });
}

function select(
  noun: Noun,
  ids: readonly string[],
  { reading, fields, distinct }: Lookup & { distinct: string },
): Promise<Row[]> {
  const statement = reading.statement();
  const columns = selectList(noun, new Set([...fields, 'id', 'roomName']));
  const where = `${noun.id[0]} = any(${statement.bind(ids)}::text[]) and ${statement.inScope}`;
  return reading.rowsOfPrepared(
    statement,
    `select ${distinct}${columns} from ${noun.table} where ${where} order by ${noun.id.join(', ')}`,
  );
}
