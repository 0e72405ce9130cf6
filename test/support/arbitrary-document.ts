import fc from 'fast-check';
import {
  getNamedType,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLSchema,
  isCompositeType,
  isUnionType,
} from 'graphql';

export interface Asked {
  readonly query: string;
  readonly variables: Record<string, unknown>;
  readonly operationName: string | null;
}

const plain = ['a', 'b'];
/** Words of JavaScript and of graphql-jit's code. */
const coded = ['query', 'errors', 'null', 'default', 'data', 'err', 'parent', '__context', '__parent', '__field', 'a'];
/** What every object has. */
const inherited = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf', 'a'];
const arguments_: Readonly<Record<string, string>> = {
  id: '"RM_1"',
  sid: '"PA_1"',
  egressId: '"EG_1"',
  resourceId: '"RT_1"',
  ids: '["RM_1", "PA_1", "none"]',
  meter: 'PARTICIPANT',
  from: '"2026-11-24T00:00:00Z"',
  to: '"2026-11-25T00:00:00Z"',
};

/** Valid documents but for names that collide, with fragments, variables, directives and several operations. */
export function arbitraryDocument(schema: GraphQLSchema): fc.Arbitrary<Asked> {
  return fc.gen().map((draw) => new Writer(schema, (max) => draw(fc.nat, { max })).document());
}

class Writer {
  private readonly directed: boolean;
  private readonly names: readonly string[];
  private readonly fragments: string[] = [];
  private readonly variables = new Map<string, { type: 'Int' | 'Boolean!'; value: unknown; fallback: string }>();

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly upTo: (max: number) => number,
  ) {
    this.directed = this.maybe(4);
    this.names = this.one([plain, coded, coded, inherited]);
  }

  document(): Asked {
    const selection = this.selection(this.schema.getQueryType()!, 5);
    const defined = [...this.variables].map(([name, { type, fallback }]) => `$${name}: ${type}${fallback}`).join(' ');
    // Fastify refuses JSON with this key.
    const given = [...this.variables].filter(([name, { value }]) => value !== undefined && name !== '__proto__');
    const variables = Object.fromEntries(given.map(([name, { value }]) => [name, value]));
    const name = this.one(this.names);
    const operation = `query ${name} ${defined === '' ? '' : `(${defined})`} ${selection}`;
    const other = this.maybe(9) ? 'query other { __typename }' : '';
    const operationName = other !== '' || this.maybe(3) ? this.one([name, name, name, 'toString']) : null;
    return { query: [operation, ...this.fragments, other].join('\n'), variables, operationName };
  }

  private selection(type: GraphQLCompositeType, depth: number): string {
    const count = 1 + this.upTo(2);
    return `{ ${Array.from({ length: count }, () => this.part(type, depth)).join(' ')} }`;
  }

  private part(type: GraphQLCompositeType, depth: number): string {
    if (depth > 0 && this.maybe(5)) return this.fragment(type, depth - 1);
    return this.field(type, depth);
  }

  private fragment(type: GraphQLCompositeType, depth: number): string {
    const on = this.maybe(2) && 'getInterfaces' in type ? type.getInterfaces()[0] : undefined;
    const target = on ?? type;
    const selection = this.selection(target, depth);
    if (this.maybe(2)) return `... on ${target.name} ${this.directive()} ${selection}`;
    const name = `${this.one(this.names)}${this.fragments.length === 0 ? '' : this.fragments.length}`;
    this.fragments.push(`fragment ${name} on ${target.name} ${selection}`);
    return [`...${name} ${this.directive()}`, ...(this.maybe(3) ? [`...${name} ${this.directive()}`] : [])].join(' ');
  }

  private field(type: GraphQLCompositeType, depth: number): string {
    const fields = isUnionType(type) ? [] : Object.values(type.getFields());
    const open = depth > 0 ? fields : fields.filter((field) => !isCompositeType(getNamedType(field.type)));
    if (open.length === 0 || this.maybe(9)) return `${this.alias()}__typename ${this.directive()}`;
    const field = this.one(open);
    const inner = getNamedType(field.type);
    const below = isCompositeType(inner) ? this.selection(inner, depth - 1) : '';
    return `${this.alias()}${field.name}${this.argumentsOf(field)} ${this.directive()} ${below}`;
  }

  private alias(): string {
    return this.maybe(2) ? `${this.one(this.names)}: ` : '';
  }

  private argumentsOf({ args }: GraphQLField<unknown, unknown>): string {
    const written = args.flatMap(({ name }) => {
      if (name in arguments_) return [`${name}: ${arguments_[name]}`];
      // Pages have at most 200.
      if (name === 'first') return [`first: ${this.maybe(3) ? 201 : this.size()}`];
      return name === 'limit' ? [`limit: ${this.size()}`] : [];
    });
    return written.length === 0 ? '' : `(${written.join(', ')})`;
  }

  private size(): string {
    return this.maybe(3) ? `$${this.variable('Int', this.one([0, 1, 2, null, undefined]))}` : String(this.upTo(3));
  }

  private directive(): string {
    if (!this.directed || !this.maybe(3)) return '';
    const condition = this.maybe(1) ? `$${this.variable('Boolean!', this.maybe(1))}` : String(this.maybe(1));
    return `@${this.one(['skip', 'include'])}(if: ${condition})`;
  }

  private variable(type: 'Int' | 'Boolean!', value: unknown): string {
    const name = `${this.one(this.names)}${type === 'Int' ? '' : '_'}`;
    if (!this.variables.has(name))
      this.variables.set(name, { type, value, fallback: type === 'Int' && this.maybe(2) ? ' = 1' : '' });
    return name;
  }

  private maybe(rarity: number): boolean {
    return this.upTo(rarity) === 1;
  }

  private one<T>(all: readonly T[]): T {
    return all[this.upTo(all.length - 1)]!;
  }
}
