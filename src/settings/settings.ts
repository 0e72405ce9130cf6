/** What the environment says, read once (docs/design.md section 10). Injected by this class as its token. */
export abstract class Settings {
  abstract readonly production: boolean;
  abstract readonly host: string;
  /** 0 takes any free port. */
  abstract readonly port: number;
  /** API key → its secret and project. */
  abstract readonly keys: ReadonlyMap<string, ApiKey>;
  /** Null: the embedded Postgres in `dataDir`. */
  abstract readonly databaseUrl: string | null;
  abstract readonly databaseDriver: 'fast' | 'plain';
  abstract readonly dataDir: string;
  /** Null: no spool. */
  abstract readonly spoolDir: string | null;
  abstract readonly spoolMaxBytes: number;
  abstract readonly maxBodyBytes: number;
  abstract readonly queryMaxDepth: number;
  abstract readonly queryMaxCost: number;
  abstract readonly statementTimeoutMs: number;
  /** How long after a window's end late events may still change its usage. */
  abstract readonly usageGraceMs: number;
  abstract readonly introspection: boolean;
  abstract readonly corsOrigins: readonly string[];
  abstract readonly logLevel: LogLevel;
}

export interface ApiKey {
  readonly secret: string;
  readonly project: string;
}

export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';
