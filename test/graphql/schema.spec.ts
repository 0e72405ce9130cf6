import { readFileSync } from 'node:fs';
import {
  buildClientSchema,
  buildSchema,
  type DefinitionNode,
  getIntrospectionQuery,
  type IntrospectionQuery,
  isObjectType,
  lexicographicSortSchema,
  parse,
  print,
  printSchema,
  visit,
} from 'graphql';
import { afterAll, describe, expect, it } from 'vitest';
import { type Service, startService } from '../support/service.js';

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');
const committed = read('../../src/graphql/schema.graphql');

/** Definitions by name, descriptions included, without what is more than promised, and what lists say of their pages. */
function definitions(sdl: string): Map<string, string> {
  const named = parse(sdl, { noLocation: true }).definitions.filter((one) => 'name' in one && one.name !== undefined);
  const byName = named.map((one) => ['name' in one ? one.name!.value : '', print(withoutPages(one))] as const);
  return new Map(byName.filter(([name]) => !name.startsWith('Erasure')));
}

function withoutPages(definition: DefinitionNode): DefinitionNode {
  return visit(definition, {
    FieldDefinition: ({ description, ...field }) => {
      if (field.name.value === 'erasures') return null;
      const text = description?.value.replace(/ ?A page: .* there are more.*$/, '') ?? '';
      return { ...field, ...(text !== '' && { description: { ...description!, value: text } }) };
    },
  });
}

const services: Service[] = [];
const start = async (introspection: boolean): Promise<Service> => {
  services.push(await startService({ settings: { introspection } }));
  return services.at(-1)!;
};
afterAll(() => Promise.all(services.map((service) => service.stop())));

describe('the schema', () => {
  it('is the contract', () => {
    expect(Object.fromEntries(definitions(committed))).toEqual(
      Object.fromEntries(definitions(read('../fixtures/contract.graphql'))),
    );
  });

  it('says of every list how long a page is', () => {
    const types = Object.values(buildSchema(committed).getTypeMap()).filter(isObjectType);
    const lists = types
      .flatMap((type) => Object.values(type.getFields()))
      .filter(({ args }) => args.some(({ name }) => name === 'first'));
    expect(lists.length).toBeGreaterThan(15);
    for (const { name, description } of lists)
      expect(description, name).toMatch(/A page: 50\b.* at most 200\b.*pageInfo/);
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
