// Writes web/generated/operations.ts: the text and the types of each operation in web/, from the SDL.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  buildSchema,
  concatAST,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isScalarType,
  Kind,
  parse,
  print,
  stripIgnoredCharacters,
  typeFromAST,
  validate,
  visit,
} from 'graphql';

const scalars = {
  ID: 'string',
  String: 'string',
  DateTime: 'string',
  Boolean: 'boolean',
  Int: 'number',
  Float: 'number',
};

/** @throws where an operation does not fit the schema */
function generate(target) {
  const schema = buildSchema(readFileSync('src/graphql/schema.graphql', 'utf8'));
  const names = readdirSync('web', { recursive: true }).filter((name) => name.endsWith('.graphql'));
  const document = concatAST(names.sort().map((name) => parse(readFileSync(join('web', name), 'utf8'))));
  const [problem] = validate(schema, document);
  if (problem) throw new Error(`An operation of web/ does not fit the schema: ${problem.message}`);
  const writer = new Writer(schema, document);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, writer.text());
}

class Writer {
  constructor(schema, document) {
    this.schema = schema;
    this.operations = document.definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION);
    this.fragments = new Map(
      document.definitions
        .filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION)
        .map((fragment) => [fragment.name.value, fragment]),
    );
  }

  text() {
    const fragments = [...this.fragments.values()].map((fragment) => {
      const type = this.schema.getType(fragment.typeCondition.name.value);
      return `export type ${fragment.name.value} = ${this.selection(fragment.selectionSet, type)};`;
    });
    const operations = this.operations.map((operation) => this.operation(operation));
    const head =
      'export interface Operation<Data, Variables> { readonly text: string; readonly of?: [Data, Variables] }';
    return [head, ...this.inputs(), ...fragments, ...operations, ''].join('\n');
  }

  inputs() {
    return Object.values(this.schema.getTypeMap()).flatMap((type) => {
      if (type.name.startsWith('__')) return [];
      if (isEnumType(type))
        return `export type ${type.name} = ${type
          .getValues()
          .map(({ name }) => `'${name}'`)
          .join(' | ')};`;
      if (!isInputObjectType(type)) return [];
      const fields = Object.values(type.getFields()).map(({ name, type }) => this.variable(name, type));
      return `export interface ${type.name} { ${fields.join(' ')} }`;
    });
  }

  operation(operation) {
    const name = operation.name.value;
    const root = this.schema.getRootType(operation.operation);
    const variables = operation.variableDefinitions.map(({ variable, type }) =>
      this.variable(variable.name.value, typeFromAST(this.schema, type)),
    );
    const parts = [operation, ...this.used(operation)].map(print).join('\n');
    return `export type ${name}Data = ${this.selection(operation.selectionSet, root)};
export type ${name}Variables = { ${variables.join(' ')} };
export const ${name}: Operation<${name}Data, ${name}Variables> = { text: ${JSON.stringify(stripIgnoredCharacters(parts))} };`;
  }

  used(node, found = new Set()) {
    visit(node, {
      FragmentSpread: ({ name }) => {
        const fragment = this.fragments.get(name.value);
        if (found.has(fragment)) return;
        found.add(fragment);
        this.used(fragment, found);
      },
    });
    return found;
  }

  variable(name, type) {
    return `readonly ${name}${isNonNullType(type) ? '' : '?'}: ${this.typeOf(type, (named) => this.inputName(named))};`;
  }

  inputName(type) {
    return isScalarType(type) ? (scalars[type.name] ?? 'unknown') : type.name;
  }

  selection({ selections }, type) {
    const parts = selections.filter(({ kind }) => kind !== Kind.FIELD).map((part) => this.fragment(part));
    const fields = selections.filter(({ kind }) => kind === Kind.FIELD).map((field) => this.field(field, type));
    return [`{ ${fields.join(' ')} }`, ...parts].join(' & ');
  }

  /** What is asked of one kind of an interface may be absent. */
  fragment(part) {
    if (part.kind === Kind.FRAGMENT_SPREAD) return part.name.value;
    return `Partial<${this.selection(part.selectionSet, this.schema.getType(part.typeCondition.name.value))}>`;
  }

  field({ name, alias, selectionSet }, type) {
    const key = alias?.value ?? name.value;
    if (name.value === '__typename') return `readonly ${key}: string;`;
    const of = type.getFields()[name.value].type;
    const named = (inner) => (selectionSet ? this.selection(selectionSet, getNamedType(inner)) : this.inputName(inner));
    return `readonly ${key}: ${this.typeOf(of, named)};`;
  }

  typeOf(type, named) {
    if (!isNonNullType(type)) return `${this.nonNull(type, named)} | null`;
    return this.nonNull(type.ofType, named);
  }

  nonNull(type, named) {
    return isListType(type) ? `readonly (${this.typeOf(type.ofType, named)})[]` : `(${named(type)})`;
  }
}

generate('web/generated/operations.ts');
