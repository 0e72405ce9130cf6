import pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { openPrisma } from '../../src/database/prisma.js';
import { ServiceLogger } from '../../src/http/service-logger.js';
import { createDatabase, type TestDatabase } from '../support/database.js';

let database: TestDatabase;
let client: pg.Client;
beforeAll(async () => {
  database = await createDatabase();
  client = new pg.Client(database.url);
  await client.connect();
  await client.query(`create table guest (name text unique, age int check (age > 0));
    insert into guest values ('ada-lovelace', 36)`);
});
afterEach(() => vi.restoreAllMocks());
afterAll(async () => {
  await client.end();
  await database.drop();
});

const failing = {
  'a check': `insert into guest values ('ada-lovelace-2', -1)`,
  'a unique key': `insert into guest values ('ada-lovelace', 1)`,
  'a text that is no number': `insert into guest values ('x', ('ada-lovelace' || '')::int)`,
  'a statement inside a function': `do $$ begin execute 'insert into guest values (''ada-lovelace'', 1)'; end $$`,
};

const modes = [
  ['plain', false],
  ['JSON', true],
] as const;

it.each(
  Object.entries(failing).flatMap(([what, sql]) => modes.map(([mode, json]) => [mode, what, json, sql] as const)),
)(
  'in the %s log a row that fails %s leaves none of its values, at any level',
  async (_mode, _what, production, sql) => {
    const error = await failureOf(client.query(sql));
    const written = logged(production, (logger) => {
      logger.error(error, 'Intake');
      logger.warn(error);
      logger.log('said', error);
      logger.error(new Error('outer', { cause: error }));
      logger.error(new AggregateError([error], 'many'));
    });
    expect(written).not.toContain('ada-lovelace');
    expect(written.match(new RegExp(String((error as { code: string }).code), 'g'))).toHaveLength(5);
  },
);

it.each(modes)('in the %s log an error of Prisma leaves no values either', async (_, production) => {
  const prisma = openPrisma(database.url);
  const error = await failureOf(prisma.$executeRawUnsafe(failing['a check']));
  await prisma.$disconnect();
  expect(JSON.stringify(error)).toContain('ada-lovelace');
  const written = logged(production, (logger) => logger.error(error));
  expect(written).not.toContain('ada-lovelace');
  expect(written).toContain('guest_age_check');
});

it('keeps what a table is called, and where the error arose', async () => {
  const error = await failureOf(client.query(failing['a check']));
  const written = JSON.parse(logged(true, (logger) => logger.error(error))) as { error: object };
  expect(written.error).toEqual({
    name: 'error',
    message: 'new row for relation "guest" violates check constraint "guest_age_check"',
    stack: expect.stringContaining('service-log.spec'),
    code: '23514',
    schema: 'public',
    table: 'guest',
    constraint: 'guest_age_check',
  });
});

function failureOf(work: PromiseLike<unknown>): Promise<unknown> {
  return Promise.resolve(work).then(
    () => expect.fail('it did not fail'),
    (error: unknown) => error,
  );
}

function logged(production: boolean, work: (logger: ServiceLogger) => void): string {
  let written = '';
  const take = (text: string | Uint8Array): boolean => Boolean((written += String(text)));
  vi.spyOn(process.stdout, 'write').mockImplementation(take);
  vi.spyOn(process.stderr, 'write').mockImplementation(take);
  work(new ServiceLogger({ logLevel: 'info', production }));
  vi.restoreAllMocks();
  return written;
}
