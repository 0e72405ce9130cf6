import pg from 'pg';

/**
 * Settings that statements, and what reads their answers, depend on. Whoever runs the server may have set others for
 * the database or the role.
 */
const dependedOn = [
  'TimeZone=UTC',
  'DateStyle=ISO,YMD',
  'IntervalStyle=postgres',
  'extra_float_digits=1',
  'bytea_output=hex',
  'standard_conforming_strings=on',
  'array_nulls=on',
  'transform_null_equals=off',
  'quote_all_identifiers=off',
  'default_transaction_isolation=read\\ committed',
  'default_transaction_deferrable=off',
  // Up to Postgres 17, disabling a plan type inflates costs, and each such statement is compiled (0.1 s).
  'jit=off',
  // Tells whether these reached the server (server-facts.ts): a pooler may drop them.
  'roomledger.connection=own',
];

/** A caller's options, or the URL's, may bound time. */
const unbounded = ['statement_timeout=0', 'lock_timeout=0', 'idle_in_transaction_session_timeout=0'];

/** So that the server ends sessions, and frees their locks, soon after their client's machine is gone. */
const keepAlives = ['tcp_keepalives_idle=10', 'tcp_keepalives_interval=5', 'tcp_keepalives_count=3'];

export function connection(url: string, options = ''): pg.PoolConfig & pg.ClientConfig {
  const target = new URL(url);
  const take = (name: string): string | null => {
    const value = target.searchParams.get(name);
    target.searchParams.delete(name);
    return value;
  };
  const schema = take('schema');
  const seconds = Number(take('connect_timeout') ?? 10);
  // pg lets the URL's options replace ours; both must count.
  const own = take('options') ?? '';
  // sslmode then means what it means to libpq.
  if (target.searchParams.has('sslmode')) target.searchParams.set('uselibpqcompat', 'true');
  const path = schema === null ? [] : [`search_path=${escaped(quoted(schema))}`];
  return {
    connectionString: target.href,
    options: [set([...unbounded, ...path]), own, set([...dependedOn, ...keepAlives]), options].join(' ').trim(),
    connectionTimeoutMillis: (seconds || 10) * 1000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    application_name: 'roomledger',
    types: { getTypeParser },
  };
}

function set(settings: readonly string[]): string {
  return settings.map((setting) => `-c ${setting}`).join(' ');
}

export function schemaOf(url: string): string | undefined {
  return new URL(url).searchParams.get('schema') ?? undefined;
}

export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function escaped(value: string): string {
  return value.replace(/[\\\s]/g, '\\$&');
}

const INT8 = 20;
const INT8_ARRAY = 1016;

/** All integers that are kept fit a JavaScript number. As text of a float, they would lose digits. */
const getTypeParser = ((oid: number, format?: 'text') => {
  if (oid === INT8) return Number;
  if (oid === INT8_ARRAY) return integersOf;
  return pg.types.getTypeParser(oid, format) as unknown;
}) as pg.CustomTypesConfig['getTypeParser'];

function integersOf(text: string): number[] {
  return text === '{}' ? [] : text.slice(1, -1).split(',').map(Number);
}
