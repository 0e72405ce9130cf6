import type pg from 'pg';

/**
 * How every connection of ours is made: times are ISO in UTC, whatever the server's, and nothing waits for ever.
 * Servers up to 17 add the price of a plan type that is switched off to its cost, and so compile every such
 * statement for a tenth of a second: never worth it here.
 */
export function connection(url: string, options = ''): pg.PoolConfig & pg.ClientConfig {
  const target = new URL(url);
  // pg lets the URL's options win over ours; here both count.
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
