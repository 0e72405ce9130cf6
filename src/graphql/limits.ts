import {
  type DocumentNode,
  type FieldNode,
  getNamedType,
  type GraphQLCompositeType,
  type GraphQLSchema,
  isCompositeType,
  isObjectType,
  isUnionType,
  type OperationDefinitionNode,
  SchemaMetaFieldDef,
  type SelectionSetNode,
  TypeMetaFieldDef,
} from 'graphql';
import { Refusal } from '../refusal.js';
import { argumentSize, type Variables } from './argument-size.js';
import { mergedFields, type Surroundings } from './merged-fields.js';
import { DEFAULT_PAGE } from './read/page-arguments.js';

// What a query may select once its fragments are spread, and how many of these read from the database.
const MAX_FIELDS = 2_000;
const MAX_READS = 200;

export interface Limits {
  readonly depth: number;
  /** Nodes that a query can return. */
  readonly cost: number;
}

/** Throws DEPTH_LIMIT or COST_LIMIT, before anything is read, for a document one of whose operations is too much. */
export function checkLimits(
  schema: GraphQLSchema,
  document: DocumentNode,
  ask: { limits: Limits; variables: Variables },
): void {
  const fragments = fragmentsOf(document);
  for (const operation of document.definitions) {
    if (operation.kind !== 'OperationDefinition') continue;
    const measure = new Measure(ask.limits, operation, ask.variables);
    measure.walk({ schema, fragments, seen: () => measure.select() });
  }
}

function fragmentsOf({ definitions }: DocumentNode): Surroundings['fragments'] {
  return new Map(
    definitions.flatMap((one) => (one.kind === 'FragmentDefinition' ? [[one.name.value, one] as const] : [])),
  );
}

/** Where the walk stands: how deep, under how many nodes, and with what page size. */
interface Place {
  readonly depth: number;
  readonly nodes: number;
  readonly page: number;
}

class Measure {
  private readonly spent = { cost: 0, fields: 0, reads: 0 };

  constructor(
    private readonly limits: Limits,
    private readonly operation: OperationDefinitionNode,
    private readonly variables: Variables,
  ) {}

  walk(around: Surroundings): void {
    const root = around.schema.getRootType(this.operation.operation);
    if (root != null) this.visit(root, [this.operation.selectionSet], { ...around, depth: 1, nodes: 1, page: 1 });
  }

  select(): void {
    this.spend('fields', { amount: 1, limit: MAX_FIELDS, what: 'fields' });
  }

  private visit(type: GraphQLCompositeType, sets: readonly SelectionSetNode[], at: Place & Surroundings): void {
    for (const { parent, nodes } of mergedFields(type, sets, at)) {
      const name = nodes[0].name.value;
      const introspects = parent.name.startsWith('__') || name.startsWith('__');
      if (at.depth > this.limits.depth && !introspects) {
        throw new Refusal(400, 'DEPTH_LIMIT', `The query is deeper than ${this.limits.depth} fields.`);
      }
      const inner = typeOf(parent, name);
      if (inner === undefined) continue;
      const below = nodes.flatMap(({ selectionSet }) => selectionSet ?? []);
      this.visit(inner, below, { ...at, ...this.enter(parent, { inner, node: nodes[0] }, at), depth: at.depth + 1 });
    }
  }

  /** Counts what a field returns, and says what stands below it. */
  private enter(
    parent: GraphQLCompositeType,
    { inner, node }: { inner: GraphQLCompositeType; node: FieldNode },
    at: Place,
  ): Pick<Place, 'nodes' | 'page'> {
    const size = (argument: string): number | undefined =>
      argumentSize(node, argument, { operation: this.operation, variables: this.variables });
    if (inner.name.endsWith('Connection')) {
      this.read();
      return { nodes: at.nodes, page: size('first') ?? size('last') ?? DEFAULT_PAGE };
    }
    if (parent.name.endsWith('Connection') && inner.name !== 'PageInfo' && inner.name !== 'Count')
      return this.returns(at.nodes * at.page);
    if (parent.name.endsWith('Edge') || !isNode(inner)) return at;
    this.read();
    return this.returns(at.nodes * (size('ids') ?? 1));
  }

  private returns(nodes: number): Pick<Place, 'nodes' | 'page'> {
    this.spend('cost', { amount: nodes, limit: this.limits.cost, what: 'nodes' });
    return { nodes, page: 1 };
  }

  private read(): void {
    this.spend('reads', { amount: 1, limit: MAX_READS, what: 'lists and look-ups' });
  }

  private spend(
    kind: keyof Measure['spent'],
    { amount, limit, what }: { amount: number; limit: number; what: string },
  ): void {
    this.spent[kind] += amount;
    if (this.spent[kind] > limit)
      throw new Refusal(400, 'COST_LIMIT', `The query can return more than ${limit} ${what}.`);
  }
}

const introspection = new Map([SchemaMetaFieldDef, TypeMetaFieldDef].map((field) => [field.name, field]));

/** The type of a field that has fields itself. */
function typeOf(parent: GraphQLCompositeType, name: string): GraphQLCompositeType | undefined {
  const field = introspection.get(name) ?? (isUnionType(parent) ? undefined : parent.getFields()[name]);
  const type = field && getNamedType(field.type);
  return isCompositeType(type) ? type : undefined;
}

function isNode(type: GraphQLCompositeType): boolean {
  return type.name === 'Node' || (isObjectType(type) && type.getInterfaces().some(({ name }) => name === 'Node'));
}
