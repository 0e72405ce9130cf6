import type pg from 'pg';
import { answerOf, OwnQuery, PreparedQuery, twins } from './prepared.js';

const unsynced = twins({ sync: { value: () => {} } });

/** What pg remembers of a connection beside what its types tell. */
interface Parsing {
  submittedNamedStatements: Record<string, string>;
}

/**
 * Statements with one Sync behind them all. pg has one behind each, at which Postgres sends what it has to say: the
 * sending and the waking cost small batches a tenth of what they cost Postgres. After a failure Postgres skips to the
 * Sync, and so do we.
 */
class Round extends OwnQuery {
  private at = 0;

  constructor(private readonly statements: readonly PreparedQuery[]) {
    super('');
    this.take();
  }

  override submit(connection: pg.Connection): Error | null {
    let refused: Error | null = null;
    connection.stream.cork();
    for (const statement of this.statements) refused ??= statement.submit(unsynced(connection));
    connection.sync();
    connection.stream.uncork();
    return refused;
  }

  override handleRowDescription(message: object): void {
    this.current.handleRowDescription(message);
  }

  override handleDataRow(message: object): void {
    this.current.handleDataRow(message);
  }

  override handleCommandComplete(message: object, connection: object): void {
    this.current.handleCommandComplete(message, connection);
    this.current.handleReadyForQuery(connection);
    this.at++;
    this.take();
  }

  /** What Postgres skipped it has not parsed either. */
  override handleError(error: Error, connection: Parsing): void {
    for (const statement of this.statements.slice(this.at)) {
      if (statement.name !== undefined) delete connection.submittedNamedStatements[statement.name];
      statement.handleError(error, connection);
    }
  }

  private get current(): PreparedQuery {
    return this.statements[this.at]!;
  }

  /** The client remembers by these what Postgres has parsed. */
  private take(): void {
    if (this.at === this.statements.length) return;
    this.name = this.current.name;
    this.text = this.current.text;
  }
}

/** Sends together what is to be run in one turn of the event loop. */
export class Rounds {
  private gathered: PreparedQuery[] = [];

  constructor(private readonly client: pg.PoolClient) {}

  run<R extends pg.QueryResultRow>(config: pg.QueryConfig): Promise<pg.QueryResult<R>> {
    return answerOf((done) => {
      const query = new PreparedQuery(config);
      query.callback = done;
      if (this.gathered.push(query) === 1) process.nextTick(() => this.send());
    });
  }

  private send(): void {
    this.client.query(new Round(this.gathered));
    this.gathered = [];
  }
}
