import type { Scope } from '../access/scope.js';
import { clean } from '../livekit/clean.js';

/** Stands in SQL fragments for the instant of the request. */
export const NOW = ':now';

type Value = string | number | boolean | readonly string[] | readonly number[];

/** One SQL statement being written: values are bound, never spliced, and its reads stay in the scope. */
export class StatementBuilder {
  readonly values: Value[] = [];
  readonly now: string;
  /** Whether the database joins laterally. */
  readonly laterals: boolean;
  /** Whether the scope is one room name's. */
  readonly ofOneRoom: boolean;
  private readonly scopeSql: string;
  private nowSql: string | undefined;

  constructor({ project, roomName }: Scope, { now, laterals }: { now: string; laterals: boolean }) {
    this.now = now;
    this.laterals = laterals;
    this.ofOneRoom = roomName !== null;
    const ofProject = `project = ${this.bind(project)}`;
    this.scopeSql = roomName === null ? ofProject : `${ofProject} and room_name = ${this.bind(roomName)}`;
  }

  /** Every read of a table carries this condition. */
  get inScope(): string {
    return this.scopeSql;
  }

  /** The placeholder of a value, cleaned like everything that is stored. */
  bind(value: Value): string {
    this.values.push(clean(value as string) as Value);
    return `$${this.values.length}`;
  }

  /** The finished text. */
  text(sql: string): string {
    return sql.replaceAll(NOW, () => (this.nowSql ??= `${this.bind(this.now)}::timestamptz`));
  }
}
