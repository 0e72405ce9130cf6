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

/** By text: what pg's results make of Postgres's description of the columns. Named texts are few. */
const described = new Map<string, object>();

/** Of a connection that asks nothing of the columns. */
const silent = { describe: { value: () => {} } };

class PreparedQuery extends OwnQuery {
  override submit(connection: object): Error | null {
    const known = described.get(this.text);
    if (known === undefined) return super.submit(connection);
    Object.assign(this._result, known);
    this._accumulateRows = true;
    return super.submit(Object.create(connection, silent) as object);
  }

  override handleRowDescription(message: object): void {
    super.handleRowDescription(message);
    if (this.name === undefined) return;
    const { fields, _parsers, _prebuiltEmptyResultObject } = this._result as Record<string, unknown>;
    described.set(this.text, { fields, _parsers, _prebuiltEmptyResultObject });
  }
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
