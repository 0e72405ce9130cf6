import { expect, test } from 'vitest';
import { connection } from './connection.js';

test('puts what the code depends on behind the options of the URL, and those of the caller last', () => {
  const { connectionString, options } = connection(
    'postgresql://a:b@host:1/db?options=-c%20search_path%3Dx&sslmode=require',
    '-c statement_timeout=5',
  );
  const [before, after] = options!.split(' -c search_path=x ');
  expect(before).toContain('-c statement_timeout=0');
  expect(after).toMatch(/^-c TimeZone=UTC .*-c extra_float_digits=1 .* -c jit=off .* -c statement_timeout=5$/);
  expect(connectionString).toBe('postgresql://a:b@host:1/db?sslmode=require&uselibpqcompat=true');
});

test('makes the search_path of a schema, before the options, which may name another', () => {
  const { connectionString, options } = connection('postgresql://host/db?schema=my "own"&options=-c%20work_mem%3D1MB');
  expect(options).toContain(String.raw`-c search_path="my\ ""own""" -c work_mem=1MB`);
  expect(connectionString).toBe('postgresql://host/db');
});

test('waits for no connection for ever', () => {
  expect(connection('postgresql://host/db')).toMatchObject({
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
  });
  expect(connection('postgresql://host/db?connect_timeout=3').connectionTimeoutMillis).toBe(3_000);
});
