import type { Scope } from '../access/scope.js';
import { clean } from '../livekit/clean.js';

/** A placeholder for the instant of the request. */
export const NOW = ':now';

type Value = string | number | boolean | readonly string[] | readonly number[];

/** Values are bound, and every read is restricted to the scope. */
export class StatementBuilder {
  readonly values: Value[] = [];
  readonly now: string;
  readonly ofOneRoom: boolean;
  /** Over Citus, which refuses lateral joins with it. */
  readonly logIsDistributed: boolean;
  private readonly scopeSql: string;
  private nowSql: string | undefined;

  constructor(
    { project, roomName }: Scope,
    { now, logIsDistributed = false }: { now: string; logIsDistributed?: boolean },
  ) {
    this.now = now;
    this.logIsDistributed = logIsDistributed;
    this.ofOneRoom = roomName !== null;
    const ofProject = `project = ${this.bind(project)}`;
    this.scopeSql = roomName === null ? ofProject : `${ofProject} and room_name = ${this.bind(roomName)}`;
  }

  get inScope(): string {
    return this.scopeSql;
  }

  /** Cleaned, like everything that is stored. */
  bind(value: Value): string {
    this.values.push(clean(value as string) as Value);
    return `$${this.values.length}`;
  }

  text(sql: string): string {
    return sql.replaceAll(NOW, () => (this.nowSql ??= `${this.bind(this.now)}::timestamptz`));
  }
}
