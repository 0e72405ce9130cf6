import type pg from 'pg';

/** So that the server ends sessions, and frees their locks, soon after their client's machine is gone. */
const keepAlives = '-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3';

/** jit=off: up to Postgres 17, disabling a plan type inflates costs, and each such statement is compiled (0.1 s). */
export function connection(url: string, options = ''): pg.PoolConfig & pg.ClientConfig {
  const target = new URL(url);
  // pg lets the URL's options replace ours; both must count.
  const own = target.searchParams.get('options') ?? '';
  target.searchParams.delete('options');
  return {
    connectionString: target.href,
    options: `${own} -c TimeZone=UTC -c DateStyle=ISO -c jit=off ${keepAlives} ${options}`.trim(),
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    application_name: 'roomledger',
  };
}
