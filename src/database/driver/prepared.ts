import pg from 'pg';

interface Field {
  readonly name: string;
}

/** What is used here of pg's own query, whose types tell less. */
export interface OwnQuery {
  name: string | undefined;
  text: string;
  values: unknown[] | undefined;
  callback: Answered;
  readonly _result: {
    fields: readonly Field[];
    _parsers: readonly unknown[];
    _types: pg.CustomTypesConfig | undefined;
  };
  _accumulateRows: boolean;
  submit(connection: object): Error | null;
  handleRowDescription(message: object): void;
  handleDataRow(message: object): void;
  handleCommandComplete(message: object, connection: object): void;
  handleReadyForQuery(connection: object): void;
  handleError(error: Error, connection: object): void;
}

type Answered = (error: Error | null | undefined, result: pg.QueryResult) => void;

export const OwnQuery = pg.Query as unknown as new (text: string) => OwnQuery;

type Cells = readonly (string | null)[];

/** By text: what pg's results know of the columns, of which writes have none. Named texts are few. */
const described = new Map<string, object>();

/** Connections that do not ask for the columns. */
const silenced = twins({ describe: { value: () => {} } });

/** Gives an object's twin, made once, in which some of its methods are others. */
export function twins(others: PropertyDescriptorMap): (of: object) => object {
  const made = new WeakMap<object, object>();
  return (of) => {
    const known = made.get(of) ?? (Object.create(of, others) as object);
    made.set(of, known);
    return known;
  };
}

export class PreparedQuery extends OwnQuery {
  /** pg would copy the config by its property descriptors: 2 % of what small batches cost Node. */
  constructor({ name, text, values, types }: pg.QueryConfig) {
    super(text);
    this.name = name;
    this.values = values;
    this._result._types = types;
  }

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
    const { fields, _parsers } = this._result;
    described.set(this.text, { fields, parseRow: rowParser(fields, _parsers) });
  }

  override handleCommandComplete(message: object, connection: object): void {
    if (this.name !== undefined && !described.has(this.text)) described.set(this.text, {});
    super.handleCommandComplete(message, connection);
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
  query(query: object, done: Answered): void;
}

/**
 * Runs a query. Of one that has a name Postgres describes the columns once a process, not each time: that costs
 * pg as much as reading several rows.
 */
export function query<R extends pg.QueryResultRow>(
  on: pg.Pool | pg.PoolClient,
  config: pg.QueryConfig,
): Promise<pg.QueryResult<R>> {
  return answerOf((done) => (on as Queryable).query(new PreparedQuery(config), done));
}

export async function answerOf<R extends pg.QueryResultRow>(ask: (done: Answered) => void): Promise<pg.QueryResult<R>> {
  try {
    return await new Promise((resolve, reject) => {
      ask((error, result) => (error ? reject(error) : resolve(result as pg.QueryResult<R>)));
    });
  } catch (error) {
    // From here, not from the socket, as pg's own promises have it.
    Error.captureStackTrace(error as Error);
    throw error;
  }
}
