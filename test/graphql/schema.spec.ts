import { readFileSync } from 'node:fs';
import {
  buildClientSchema,
  buildSchema,
  getIntrospectionQuery,
  type IntrospectionQuery,
  lexicographicSortSchema,
  parse,
  print,
  printSchema,
} from 'graphql';
import { afterAll, describe, expect, it } from 'vitest';
import { type Service, startService } from '../support/service.js';

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');
const committed = read('../../src/graphql/schema.graphql');
const later = 'Subscription';

/** Definitions by name, descriptions included, without what a later issue brings. */
function definitions(sdl: string): Map<string, string> {
  const named = parse(sdl, { noLocation: true }).definitions.filter((one) => 'name' in one && one.name !== undefined);
  const byName = named.map((one) => ['name' in one ? one.name!.value : '', print(one)] as const);
  return new Map(byName.filter(([name]) => name !== later));
}

const services: Service[] = [];
const start = async (introspection: boolean): Promise<Service> => {
  services.push(await startService({ settings: { introspection } }));
  return services.at(-1)!;
};
afterAll(() => Promise.all(services.map((service) => service.stop())));

describe('the schema', () => {
  it('is the contract, without subscriptions', () => {
    expect(Object.fromEntries(definitions(committed))).toEqual(
      Object.fromEntries(definitions(read('../fixtures/contract.graphql'))),
    );
  });

  it('is served as committed', async () => {
    const { data } = await (await start(true)).query<IntrospectionQuery>(getIntrospectionQuery({ oneOf: true }));
    const sorted = (schema: Parameters<typeof printSchema>[0]): string => printSchema(lexicographicSortSchema(schema));
    expect(sorted(buildClientSchema(data))).toBe(sorted(buildSchema(committed)));
  });

  it('is not told where introspection is off, while queries are answered', async () => {
    const service = await start(false);
    const refused = await service.query('{__schema{types{name}}}');
    expect(refused).toMatchObject({ status: 400, data: null });
    expect(refused.errors?.[0]?.extensions.code).toBe('GRAPHQL_VALIDATION_FAILED');
    expect(await service.query('{__typename rooms{nodes{sid}}}')).toMatchObject({
      data: { __typename: 'Query', rooms: { nodes: [] } },
    });
  });
});
