import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Database } from '../../src/database/database.js';
import { type Service, startService } from '../support/service.js';

interface Field {
  readonly name: string;
  readonly kind: string;
  readonly type: string;
  readonly dbName?: string;
}

/** What Prisma Client knows of its models at run time. */
interface RuntimeModels {
  readonly _runtimeDataModel: { models: Record<string, { dbName: string; fields: readonly Field[] }> };
}

/** Prisma wants a key of every model, and deltas have none. */
const withoutKey = 'usage_delta';

const udtNames: Readonly<Record<string, readonly string[]>> = {
  String: ['text'],
  BigInt: ['int8', '_int8'],
  Int: ['int4'],
  Boolean: ['bool'],
  DateTime: ['timestamptz'],
  Json: ['json', 'jsonb'],
};

let service: Service;
let database: Database;
beforeAll(async () => {
  service = await startService();
  database = service.database;
});
afterAll(() => service.stop());

function models(): [table: string, columns: Record<string, string>][] {
  const { models } = (database.prisma as unknown as RuntimeModels)._runtimeDataModel;
  return Object.values(models).map(({ dbName, fields }) => [
    dbName,
    Object.fromEntries(fields.map(({ name, dbName, type }) => [dbName ?? name, type])),
  ]);
}

it("has a model for every table of the migrations, with that table's columns and types", async () => {
  const { rows } = await database.queries.query<{ table: string; column: string; type: string }>(
    `select table_name as table, column_name as column, udt_name as type from information_schema.columns
      where table_schema = 'public' and table_name not in ('_prisma_migrations', '${withoutKey}')
        and table_name not in (select table_name from information_schema.views where table_schema = 'public')
        and not (select relispartition from pg_class where oid = table_name::regclass)`,
  );
  const tables = new Map<string, Map<string, string>>();
  for (const { table, column, type } of rows) {
    tables.set(table, (tables.get(table) ?? new Map<string, string>()).set(column, type));
  }
  expect(
    models()
      .map(([table]) => table)
      .sort(),
  ).toEqual([...tables.keys()].sort());
  for (const [table, columns] of models()) {
    const made = tables.get(table)!;
    expect([table, ...Object.keys(columns).sort()]).toEqual([table, ...[...made.keys()].sort()]);
    for (const [column, type] of Object.entries(columns)) {
      expect(udtNames[type], `${table}.${column}`).toContain(made.get(column));
    }
  }
});

it('reads every column of every model as the type that it promises', async () => {
  const delegates = database.prisma as unknown as Record<string, { findFirst(): Promise<unknown> } | undefined>;
  const { models } = (database.prisma as unknown as RuntimeModels)._runtimeDataModel;
  for (const model of Object.keys(models)) {
    const delegate = delegates[model.charAt(0).toLowerCase() + model.slice(1)]!;
    await expect(delegate.findFirst()).resolves.not.toThrow();
  }
});
