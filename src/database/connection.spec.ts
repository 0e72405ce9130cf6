import { expect, test } from 'vitest';
import { connection } from './connection.js';

const keepAlives = '-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3';

test('sets UTC, ISO and no JIT beside the options of the caller and of the URL', () => {
  const { connectionString, options } = connection(
    'postgresql://a:b@host:1/db?options=-c%20search_path%3Dx&sslmode=require',
    '-c statement_timeout=5',
  );
  expect(options).toBe(
    `-c search_path=x -c TimeZone=UTC -c DateStyle=ISO -c jit=off ${keepAlives} -c statement_timeout=5`,
  );
  expect(connectionString).toBe('postgresql://a:b@host:1/db?sslmode=require');
});

test('waits for no connection for ever', () => {
  expect(connection('postgresql://host/db')).toMatchObject({
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    options: `-c TimeZone=UTC -c DateStyle=ISO -c jit=off ${keepAlives}`,
  });
});
