import type pg from 'pg';

/**
 * Settings of every connection. Times are ISO in UTC. jit=off: servers up to 17 compile statements with disabled plan
 * types, for a tenth of a second each.
 */
export function connection(url: string, options = ''): pg.PoolConfig & pg.ClientConfig {
  const target = new URL(url);
  // pg lets the URL's options replace ours; here both count.
  const own = target.searchParams.get('options') ?? '';
  target.searchParams.delete('options');
  return {
    connectionString: target.href,
    options: `${own} -c TimeZone=UTC -c DateStyle=ISO -c jit=off ${options}`.trim(),
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    application_name: 'roomledger',
  };
}
