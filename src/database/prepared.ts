import pg from 'pg';

/** What is used here of pg's own query, whose types tell less. */
interface OwnQuery {
  readonly name: string | undefined;
  readonly text: string;
  readonly _result: object;
  _accumulateRows: boolean;
  submit(connection: object): Error | null;
  handleRowDescription(message: object): void;
}

const OwnQuery = pg.Query as unknown as new (config: pg.QueryConfig) => OwnQuery;

interface Field {
  readonly name: string;
}

type Cells = readonly (string | null)[];

/** By text: what pg's results know of the columns. Named texts are few. */
const described = new Map<string, { fields: readonly Field[]; parseRow: (cells: Cells) => object }>();

/** Connections that do not ask for the columns. */
const silent = new WeakMap<object, object>();

function silenced(connection: object): object {
  const known = silent.get(connection);
  if (known !== undefined) return known;
  const made = Object.create(connection, { describe: { value: () => {} } }) as object;
  silent.set(connection, made);
  return made;
}

class PreparedQuery extends OwnQuery {
  override submit(connection: object): Error | null {
    const known = described.get(this.text);
    if (known === undefined) return super.submit(connection);
    Object.assign(this._result, known);
    this._accumulateRows = true;
    return super.submit(silenced(connection));
  }

  override handleRowDescription(message: object): void {
    super.handleRowDescription(message);
    if (this.name === undefined) return;
    const { fields, _parsers } = this._result as { fields: Field[]; _parsers: unknown[] };
    described.set(this.text, { fields, parseRow: rowParser(fields, _parsers) });
  }
}

const asText = pg.types.getTypeParser(pg.types.builtins.TEXT) as unknown;

/**
 * A statement's rows, made by code of their own: V8 knows their shape then. pg's own code, which makes all rows there
 * are, copies an empty row and looks up each of its columns.
 */
function rowParser(fields: readonly Field[], parsers: readonly unknown[]): (cells: Cells) => object {
  const cells = fields.map(({ name }, at) => {
    const cell = `cells[${at}]`;
    const parsed = parsers[at] === asText ? cell : `${cell} === null ? null : parsers[${at}](${cell})`;
    return `${JSON.stringify(name)}: ${parsed}`;
  });
  return new Function('parsers', `return (cells) => ({ ${cells.join(', ')} })`)(parsers) as (cells: Cells) => object;
}

interface Queryable {
  query(query: object, done: (error: Error | null | undefined, result: pg.QueryResult) => void): void;
}

/**
 * Runs a query. Of one that has a name Postgres describes the columns once a process, not each time: that costs
 * pg as much as reading several rows.
 */
export async function query<R extends pg.QueryResultRow>(
  on: pg.Pool | pg.PoolClient,
  config: pg.QueryConfig,
): Promise<pg.QueryResult<R>> {
  try {
    return await new Promise((resolve, reject) => {
      (on as Queryable).query(new PreparedQuery(config), (error, result) => (error ? reject(error) : resolve(result)));
    });
  } catch (error) {
    // From here, not from the socket, as pg's own promises have it.
    Error.captureStackTrace(error as Error);
    throw error;
  }
}
