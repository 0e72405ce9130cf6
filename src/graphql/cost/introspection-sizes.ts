import {
  type GraphQLSchema,
  isAbstractType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
} from 'graphql';

type Sizes = ReadonlyMap<string, number>;

const known = new WeakMap<GraphQLSchema, Sizes>();

/** How many entries each list of introspection has on average. */
export function introspectionSizes(schema: GraphQLSchema): Sizes {
  const sizes = known.get(schema) ?? count(schema);
  known.set(schema, sizes);
  return sizes;
}

function count(schema: GraphQLSchema): Sizes {
  const types = Object.values(schema.getTypeMap());
  const withFields = types.filter((type) => isObjectType(type) || isInterfaceType(type));
  const fields = withFields.flatMap((type) => Object.values(type.getFields()));
  const perType = (count: number): number => count / types.length;
  const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);
  return new Map([
    ['types', types.length],
    ['directives', schema.getDirectives().length],
    ['fields', perType(fields.length)],
    ['args', sum(fields.map(({ args }) => args.length)) / fields.length],
    ['interfaces', perType(sum(withFields.map((type) => type.getInterfaces().length)))],
    ['possibleTypes', perType(sum(types.filter(isAbstractType).map((type) => schema.getPossibleTypes(type).length)))],
    ['enumValues', perType(sum(types.filter(isEnumType).map((type) => type.getValues().length)))],
    ['inputFields', perType(sum(types.filter(isInputObjectType).map((type) => Object.keys(type.getFields()).length)))],
  ]);
}
