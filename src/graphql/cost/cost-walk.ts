import {
  type FieldNode,
  getNamedType,
  type GraphQLCompositeType,
  type GraphQLOutputType,
  isCompositeType,
  isListType,
  isNonNullType,
  isObjectType,
  isUnionType,
  SchemaMetaFieldDef,
  type SelectionSetNode,
  TypeMetaFieldDef,
} from 'graphql';
import { badInput, Refusal } from '../../http/refusal.js';
import { MAX_LIST } from '../../read/filters.js';
import { MAX_COUNT } from '../../read/list.js';
import { DEFAULT_PAGE } from '../../read/page-arguments.js';
import { argumentSize, type Variables } from './argument-size.js';
import { introspectionSizes } from './introspection-sizes.js';
import { type DocumentParts, type MergedField, mergedFields } from './merged-fields.js';

const MAX_READS = 200;
/** A usage row has at most five dimensions; an egress rarely has more outputs, or a window more sources. */
const LIST_IN_ROW = 5;
const listsInRow: ReadonlySet<string> = new Set(['UsageDimensionValue', 'EgressOutput', 'SourceCount']);
/** Characters of a name that count as one value: a name is written in every row. */
const CHARS_OF_VALUE = 32;

/** An introspected field takes graphql-js about as long as this many fields of a row. */
const VALUES_OF_INTROSPECTED = 10;

export interface Limits {
  readonly depth: number;
  readonly cost: number;
  readonly values: number;
}

export type Spent = Record<'cost' | 'values' | 'reads', number>;

export function nothingSpent(): Spent {
  return { cost: 0, values: 0, reads: 0 };
}

interface WalkPosition {
  readonly depth: number;
  readonly nodes: number;
  readonly page: number;
}

interface Walked extends DocumentParts {
  readonly limits: Limits;
  readonly variables: Variables;
}

interface Entered {
  readonly parent: GraphQLCompositeType;
  readonly inner: GraphQLCompositeType;
  readonly node: FieldNode;
}

export class CostWalk {
  constructor(
    private readonly asked: Walked,
    private readonly spent: Spent,
  ) {}

  visit(type: GraphQLCompositeType, sets: readonly SelectionSetNode[], at: WalkPosition): void {
    for (const field of mergedFields(type, sets, this.asked)) this.enter(field, at);
  }

  private enter({ parent, nodes }: MergedField, at: WalkPosition): void {
    const [node] = nodes;
    const { depth } = this.asked.limits;
    const introspects = parent.name.startsWith('__') || node.name.value.startsWith('__');
    if (at.depth > depth && !introspects)
      throw new Refusal(400, 'DEPTH_LIMIT', `The query is deeper than ${depth} fields: ask in several queries.`);
    this.spendValues(node, at.nodes * (parent.name.startsWith('__') ? VALUES_OF_INTROSPECTED : 1));
    const output = typeOf(parent, node.name.value);
    const inner = output && getNamedType(output);
    if (!isCompositeType(inner)) return;
    const size = introspects && isList(output) ? this.introspectionSize(node.name.value) : 1;
    const position = introspects ? { nodes: at.nodes * size, page: 1 } : this.read({ parent, inner, node }, at);
    const inRow = listsInRow.has(inner.name) ? LIST_IN_ROW : 1;
    const below = nodes.flatMap(({ selectionSet }) => selectionSet ?? []);
    this.visit(inner, below, { ...position, nodes: position.nodes * inRow, depth: at.depth + 1 });
  }

  private read({ parent, inner, node }: Entered, at: WalkPosition): Pick<WalkPosition, 'nodes' | 'page'> {
    if (inner.name.endsWith('Connection')) {
      this.spendRead();
      return { nodes: at.nodes, page: this.size(node, 'first') ?? this.size(node, 'last') ?? DEFAULT_PAGE };
    }
    if (inner.name === 'Count') this.count(node);
    if (parent.name.endsWith('Connection') && inner.name !== 'PageInfo' && inner.name !== 'Count')
      return this.returns(at.nodes * at.page);
    if (inner.name === 'UsageRow' || inner.name === 'QualityRow') this.spendRead();
    if (parent.name.endsWith('Edge') || !isNode(inner)) return at;
    this.spendRead();
    return this.returns(at.nodes * (this.size(node, 'ids') ?? 1));
  }

  /** The resolver refuses larger pages. */
  private size(node: FieldNode, argument: string): number | undefined {
    const size = argumentSize(node, argument, this.asked.variables);
    return size === undefined ? undefined : Math.min(Math.max(size, 0), MAX_LIST);
  }

  private count(node: FieldNode): void {
    this.spendRead();
    const limit = argumentSize(node, 'limit', this.asked.variables) ?? 0;
    if (limit < 0 || limit > MAX_COUNT)
      throw badInput(`A count's limit of ${limit} is not between 0 and ${MAX_COUNT}.`);
  }

  private introspectionSize(field: string): number {
    return introspectionSizes(this.asked.schema).get(field) ?? 1;
  }

  private returns(nodes: number): Pick<WalkPosition, 'nodes' | 'page'> {
    this.spend('cost', nodes, { limit: this.asked.limits.cost, what: 'nodes: ask for smaller pages' });
    return { nodes, page: 1 };
  }

  private spendRead(): void {
    this.spend('reads', 1, { limit: MAX_READS, what: 'lists, counts and look-ups: ask in several queries' });
  }

  private spendValues({ alias, name }: FieldNode, rows: number): void {
    const amount = rows * Math.ceil((alias ?? name).value.length / CHARS_OF_VALUE);
    this.spend('values', amount, { limit: this.asked.limits.values, what: 'values: ask for fewer rows or fields' });
  }

  private spend(kind: keyof Spent, amount: number, { limit, what }: { limit: number; what: string }): void {
    this.spent[kind] += amount;
    if (this.spent[kind] <= limit) return;
    throw new Refusal(400, 'COST_LIMIT', `The query can return more than ${limit} ${what}.`);
  }
}

const introspection = new Map([SchemaMetaFieldDef, TypeMetaFieldDef].map((field) => [field.name, field]));

function typeOf(parent: GraphQLCompositeType, name: string): GraphQLOutputType | undefined {
  const field = introspection.get(name) ?? (isUnionType(parent) ? undefined : parent.getFields()[name]);
  return field?.type;
}

function isList(type: GraphQLOutputType | undefined): boolean {
  return isListType(isNonNullType(type) ? type.ofType : type);
}

function isNode(type: GraphQLCompositeType): boolean {
  return (
    type.name === 'Node' ||
    type.name === 'Session' ||
    (isObjectType(type) && type.getInterfaces().some(({ name }) => name === 'Node'))
  );
}
