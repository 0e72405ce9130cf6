import {
  buildSchema,
  getNamedType,
  type GraphQLEnumType,
  type GraphQLField,
  type GraphQLInterfaceType,
  type GraphQLObjectType,
  isInterfaceType,
  isObjectType,
} from 'graphql';
import { sdl } from '../../src/graphql/sdl.js';
import { meters } from '../../src/usage/meters.js';

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
    if (field.name === 'usage') return usageArguments(otherProject).map(way);
    if (field.name === 'quality') return qualityArguments().map(way);
    const [argument] = field.args;
    if (argument === undefined) return [way('')];
    if (argument.name === 'first') return [way('(first: 200)'), way('(last: 200)')];
    if (argument.name !== 'filter') return ids.map((id) => way(`(${argument.name}: "${id}")`));
    return [way('(first: 200)'), way('(last: 200)'), way(`(filter: {project: "${otherProject}"})`)];
  });
}

const meterNames = (schema.getType('Meter') as GraphQLEnumType).getValues().map(({ name }) => name);
const day = 'from: "2026-11-24T00:00:00Z", to: "2026-11-25T00:00:00Z"';

function qualityArguments(): string[] {
  return meterNames.flatMap((name) => [`(meter: ${name}, ${day})`, `(meter: ${name}, ${day}, interval: HOUR)`]);
}

/** Every meter, by nothing and by each dimension that it has, and of another project. */
function usageArguments(otherProject: string): string[] {
  return meterNames.flatMap((name) => {
    const { fields, profile } = meters[name]!;
    const dimensions = [
      ...Object.keys(fields).map((field) => `field: ${field}`),
      'roomMetadata: "secret"',
      'roomNamePrefix: "i"',
      ...(profile === undefined ? [] : ['attribute: "secret"']),
    ];
    const range = `meter: ${name}, ${day}`;
    return [
      `(${range})`,
      `(${range}, filter: {project: "${otherProject}"})`,
      `(${range}, groupBy: [{field: ROOM_SID}], top: {by: SESSIONS, first: 1, others: true})`,
      `(${range}, groupBy: [{roomMetadata: "secret"}], top: {by: PEAK_CONCURRENCY, first: 9})`,
      ...dimensions.map((dimension) => `(${range}, interval: HOUR, groupBy: [{${dimension}}])`),
    ];
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
  if (type.name === 'Session') return leaves(type as GraphQLInterfaceType);
  if (type.name === 'Node')
    return '__typename id ... on Session { project roomName durationSeconds } ... on WebhookEvent { payload }';
  if (!isObjectType(type)) return '';
  if (type.name === 'QualityRow') return `${leaves(type)} starts { source sessions } ends { source sessions }`;
  if (type.name === 'UsageRow') {
    const { group, breakdown } = type.getFields();
    return `${leaves(type)} group { ${selectionOf(group!)} } breakdown(first: 200) { ${selectionOf(breakdown!)} }`;
  }
  return type.name.endsWith('Connection') ? connectionOf(type) : leaves(type);
}

function connectionOf(type: GraphQLObjectType): string {
  const { nodes, totalCount } = type.getFields();
  const row = leaves(getNamedType(nodes!.type) as GraphQLObjectType);
  const pageInfo = 'pageInfo { hasNextPage hasPreviousPage startCursor endCursor }';
  const count = totalCount === undefined ? '' : 'totalCount { value precision }';
  return `nodes { ${row} } edges { cursor node { ${row} } } ${pageInfo} ${count}`;
}

/** The fields without fields; enough of those with. */
function leaves(type: GraphQLObjectType | GraphQLInterfaceType): string {
  const fields = Object.values(type.getFields()).filter(({ type }) => {
    const named = getNamedType(type);
    return !isObjectType(named) && !isInterfaceType(named);
  });
  return fields.map(({ name }) => name).join(' ');
}
