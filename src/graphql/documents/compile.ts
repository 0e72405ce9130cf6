import { type DocumentNode, type ExecutionResult, type GraphQLSchema, Kind, type TypeNode, visit } from 'graphql';
import { compileQuery, isCompiledQuery } from 'graphql-jit';

/** Compiling takes time and memory by the field: larger documents are interpreted. */
const MAX_COMPILED_SELECTIONS = 300;

export type Run = (
  root: unknown,
  context: unknown,
  variables: Readonly<Record<string, unknown>>,
) => ExecutionResult | Promise<ExecutionResult>;

/** Null where graphql-jit could answer otherwise than graphql-js does. */
export function compile(schema: GraphQLSchema, document: DocumentNode, selections: number): Run | null {
  if (selections > MAX_COMPILED_SELECTIONS || !isPlain(document)) return null;
  // Skipping the check of each value saves a fifth of Node's time; test/graphql/compiled.spec.ts checks the types.
  const compiled = compileQuery(schema, withCoercedVariables(document), undefined, { disableLeafSerialization: true });
  return isCompiledQuery(compiled) ? compiled.query : null;
}

/**
 * One operation, which graphql-jit cannot take for another; no directives, whose conditions it mixes up where a
 * fragment is spread twice; and no names that it would find on any object, as `__proto__` and `constructor`.
 */
function isPlain(document: DocumentNode): boolean {
  let plain = document.definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION).length === 1;
  visit(document, {
    Directive: () => void (plain = false),
    Name: ({ value }) => void (plain &&= !(value in Object.prototype)),
  });
  return plain;
}

/** graphql-js has read the variables: graphql-jit's code for that is large, and accepts what graphql-js does not. */
function withCoercedVariables(document: DocumentNode): DocumentNode {
  const type: TypeNode = { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: 'JSON' } };
  return visit(document, { VariableDefinition: ({ kind, variable }) => ({ kind, variable, type }) });
}
