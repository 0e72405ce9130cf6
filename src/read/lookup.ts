import type { GraphQLResolveInfo } from 'graphql';
import { Batch } from './batch.js';
import { type Noun, selectList } from './noun.js';
import type { Reading, Row } from './reading.js';
import { fieldsBelow } from '../graphql/selection.js';

export interface Ask {
  readonly reading: Reading;
  readonly info: GraphQLResolveInfo;
}

/** What a row points at: an id, and the room name under which it is wanted, where it is known. */
interface Target {
  readonly id: string;
  readonly roomName: string | null;
}

/** The row of one id; of several, the first as the noun orders them. */
export async function byId(noun: Noun, id: string, { reading, info }: Ask): Promise<Row | null> {
  const [row] = await rowsById(noun, [id], { reading, info });
  return row ?? null;
}

/** The first row of each id; ids that are not there are left out. */
export function rowsById(noun: Noun, ids: readonly string[], ask: Ask): Promise<Row[]> {
  return select(noun, ids, { ...ask, distinct: `distinct on (${noun.id[0]}) ` });
}

/** The row that `target` names: of the same room name if there is one, else the first of its id. */
export function toOne(noun: Noun, target: Target, ask: Ask): Promise<Row | null> {
  const place = ask.info.fieldNodes;
  return ask.reading.once(place, () => new Batch((targets: readonly Target[]) => load(noun, targets, ask))).get(target);
}

async function load(noun: Noun, targets: readonly Target[], ask: Ask): Promise<(Row | null)[]> {
  const ids = [...new Set(targets.map(({ id }) => id))];
  const found = new Map<unknown, Row[]>(ids.map((id) => [id, []]));
  for (const row of await select(noun, ids, { ...ask, distinct: '' })) found.get(row['id'])!.push(row);
  return targets.map(({ id, roomName }) => {
    const rows = found.get(id)!;
    return rows.find((row) => row['roomName'] === roomName) ?? rows[0] ?? null;
  });
}

function select(
  noun: Noun,
  ids: readonly string[],
  { reading, info, distinct }: Ask & { distinct: string },
): Promise<Row[]> {
  const statement = reading.statement();
  const fields = new Set([...fieldsBelow(info.fieldNodes, info.fragments).keys(), 'id', 'roomName']);
  const where = `${noun.id[0]} = any(${statement.bind(ids)}::text[]) and ${statement.inScope}`;
  const columns = selectList(noun, fields);
  return reading.rowsOfPrepared(
    statement,
    `select ${distinct}${columns} from ${noun.table} where ${where} order by ${noun.id.join(', ')}`,
  );
}
