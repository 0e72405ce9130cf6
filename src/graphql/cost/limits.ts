import {
  type DocumentNode,
  type FieldNode,
  getNamedType,
  type GraphQLCompositeType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  isCompositeType,
  isObjectType,
  isUnionType,
  type OperationDefinitionNode,
  SchemaMetaFieldDef,
  type SelectionSetNode,
  TypeMetaFieldDef,
} from 'graphql';
import { Refusal } from '../../http/refusal.js';
import { argumentSize, type Variables } from './argument-size.js';
import { mergedFields, type DocumentParts } from './merged-fields.js';
import { DEFAULT_PAGE } from '../../read/page-arguments.js';

// Counted after spreading fragments: all fields, and those that read from the database.
const MAX_FIELDS = 2_000;
const MAX_READS = 200;

export interface Limits {
  readonly depth: number;
  /** Nodes that a query may return. */
  readonly cost: number;
}

export type Spent = Record<'cost' | 'fields' | 'reads', number>;

export function nothingSpent(): Spent {
  return { cost: 0, fields: 0, reads: 0 };
}

/** @throws Refusal DEPTH_LIMIT or COST_LIMIT, before anything is read, if an operation exceeds the limits */
export function checkLimits(
  schema: GraphQLSchema,
  document: DocumentNode,
  ask: { limits: Limits; variables: Variables },
): void {
  const fragments = fragmentsOf(document);
  for (const operation of document.definitions) {
    if (operation.kind !== 'OperationDefinition') continue;
    const measure = new CostWalk(ask.limits, { operation, variables: ask.variables }, nothingSpent());
    measure.walk({ schema, fragments, seen: () => measure.select() });
  }
}

/** For rows whose number is known only once they are read. */
export function checkRows(
  { schema, fragments, fieldNodes, operation, variableValues, returnType }: GraphQLResolveInfo,
  rows: number,
  { limits, spent }: { limits: Limits; spent: Spent },
): void {
  const measure = new CostWalk(limits, { operation, variables: variableValues }, spent);
  const parts = { schema, fragments: new Map(Object.entries(fragments)), seen: () => measure.select() };
  measure.walkRows(getNamedType(returnType) as GraphQLCompositeType, { fieldNodes, rows, parts });
}

function fragmentsOf({ definitions }: DocumentNode): DocumentParts['fragments'] {
  return new Map(
    definitions.flatMap((one) => (one.kind === 'FragmentDefinition' ? [[one.name.value, one] as const] : [])),
  );
}

interface WalkPosition {
  readonly depth: number;
  readonly nodes: number;
  readonly page: number;
}

class CostWalk {
  constructor(
    private readonly limits: Limits,
    private readonly asked: { readonly operation: OperationDefinitionNode; readonly variables: Variables },
    private readonly spent: Spent,
  ) {}

  walk(parts: DocumentParts): void {
    const { operation } = this.asked;
    const root = parts.schema.getRootType(operation.operation);
    if (root != null) this.visit(root, [operation.selectionSet], { ...parts, depth: 1, nodes: 1, page: 1 });
  }

  walkRows(
    type: GraphQLCompositeType,
    below: { fieldNodes: readonly FieldNode[]; rows: number; parts: DocumentParts },
  ): void {
    const sets = below.fieldNodes.flatMap(({ selectionSet }) => selectionSet ?? []);
    this.visit(type, sets, { ...below.parts, depth: 1, nodes: below.rows, page: 1 });
  }

  select(): void {
    this.spend('fields', { amount: 1, limit: MAX_FIELDS, what: 'fields' });
  }

  private visit(type: GraphQLCompositeType, sets: readonly SelectionSetNode[], at: WalkPosition & DocumentParts): void {
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

  private enter(
    parent: GraphQLCompositeType,
    { inner, node }: { inner: GraphQLCompositeType; node: FieldNode },
    at: WalkPosition,
  ): Pick<WalkPosition, 'nodes' | 'page'> {
    const size = (argument: string): number | undefined => argumentSize(node, argument, this.asked);
    if (inner.name.endsWith('Connection')) {
      this.read();
      return { nodes: at.nodes, page: size('first') ?? size('last') ?? DEFAULT_PAGE };
    }
    if (parent.name.endsWith('Connection') && inner.name !== 'PageInfo' && inner.name !== 'Count')
      return this.returns(at.nodes * at.page);
    if (inner.name === 'UsageRow') this.read();
    if (parent.name.endsWith('Edge') || !isNode(inner)) return at;
    this.read();
    return this.returns(at.nodes * (size('ids') ?? 1));
  }

  private returns(nodes: number): Pick<WalkPosition, 'nodes' | 'page'> {
    this.spend('cost', { amount: nodes, limit: this.limits.cost, what: 'nodes' });
    return { nodes, page: 1 };
  }

  private read(): void {
    this.spend('reads', { amount: 1, limit: MAX_READS, what: 'lists and look-ups' });
  }

  private spend(kind: keyof Spent, { amount, limit, what }: { amount: number; limit: number; what: string }): void {
    this.spent[kind] += amount;
    if (this.spent[kind] > limit)
      throw new Refusal(400, 'COST_LIMIT', `The query can return more than ${limit} ${what}.`);
  }
}

const introspection = new Map([SchemaMetaFieldDef, TypeMetaFieldDef].map((field) => [field.name, field]));

function typeOf(parent: GraphQLCompositeType, name: string): GraphQLCompositeType | undefined {
  const field = introspection.get(name) ?? (isUnionType(parent) ? undefined : parent.getFields()[name]);
  const type = field && getNamedType(field.type);
  return isCompositeType(type) ? type : undefined;
}

function isNode(type: GraphQLCompositeType): boolean {
  return type.name === 'Node' || (isObjectType(type) && type.getInterfaces().some(({ name }) => name === 'Node'));
}
