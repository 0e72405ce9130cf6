import { buildSchema, getNamedType, type GraphQLField, type GraphQLObjectType, isObjectType } from 'graphql';
import { sdl } from '../../src/graphql/sdl.js';

const schema = buildSchema(sdl);
const query = schema.getQueryType()!;

/** One way into the data: an entry point, or a field of a type, and a query that goes there. */
export interface Way {
  readonly name: string;
  readonly query: string;
}

/** Every entry point of the schema: look-ups of each of `ids`, lists, and lists of one's own and another project. */
export function entryPoints(ids: readonly string[], otherProject: string): Way[] {
  return Object.values(query.getFields()).flatMap((field) => {
    const selection = `{ ${selectionOf(field)} }`;
    const way = (args: string): Way => ({
      name: `${field.name}${args}`,
      query: `{ ${field.name}${args} ${selection} }`,
    });
    if (field.name === 'nodes') return [way(`(ids: ${JSON.stringify(ids)})`)];
    const [argument] = field.args;
    if (argument?.name !== 'filter') return ids.map((id) => way(`(${argument!.name}: "${id}")`));
    return [way('(first: 200)'), way('(last: 200)'), way(`(filter: {project: "${otherProject}"})`)];
  });
}

/** Every field of every type that can be listed, below that type's list. */
export function nestedFields(): Way[] {
  return Object.values(query.getFields()).flatMap((entry) => {
    const connection = getNamedType(entry.type) as GraphQLObjectType;
    if (!connection.name.endsWith('Connection')) return [];
    const type = getNamedType(
      (connection.getFields()['nodes'] as GraphQLField<unknown, unknown>).type,
    ) as GraphQLObjectType;
    return Object.values(type.getFields()).map((field) => {
      const inner = selectionOf(field);
      const selected = `${field.name} ${inner === '' ? '' : `{ ${inner} }`}`;
      return {
        name: `${type.name}.${field.name}`,
        query: `{ ${entry.name}(first: 200) { nodes { id ${selected} } } }`,
      };
    });
  });
}

function selectionOf(field: GraphQLField<unknown, unknown>): string {
  const type = getNamedType(field.type);
  if (type.name === 'Node')
    return '__typename id ... on Session { project roomName durationSeconds } ... on WebhookEvent { payload }';
  if (!isObjectType(type)) return '';
  if (!type.name.endsWith('Connection')) return leaves(type);
  const row = leaves(getNamedType(type.getFields()['nodes']!.type) as GraphQLObjectType);
  const pageInfo = 'pageInfo { hasNextPage hasPreviousPage startCursor endCursor }';
  return `nodes { ${row} } edges { cursor node { ${row} } } ${pageInfo} totalCount { value precision }`;
}

/** The fields without fields; enough of those with. */
function leaves(type: GraphQLObjectType): string {
  const fields = Object.values(type.getFields()).filter((field) => !isObjectType(getNamedType(field.type)));
  return fields.map(({ name }) => name).join(' ');
}
