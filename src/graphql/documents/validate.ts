import {
  type ASTNode,
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  NoSchemaIntrospectionCustomRule,
  specifiedRules,
  validate,
  visit,
} from 'graphql';
import { Refusal } from '../../http/refusal.js';
import { RequestErrors } from './request-errors.js';

export const MAX_ERRORS = 10;

/** @throws RequestErrors GRAPHQL_VALIDATION_FAILED; Refusal COST_LIMIT */
export function requireValid(schema: GraphQLSchema, document: DocumentNode, introspection: boolean): void {
  const rules = [...specifiedRules, ...(introspection ? [] : [NoSchemaIntrospectionCustomRule])];
  const errors = validate(schema, document, rules, { maxErrors: MAX_ERRORS, hideSuggestions: !introspection });
  if (errors.length === 0) return;
  // So graphql-js ends where comparing fields of one name would take too long.
  if (errors.at(-1)!.message === 'Validation aborted.')
    throw new Refusal(400, 'COST_LIMIT', 'The query repeats its fields and fragments too often: select each once.');
  throw new RequestErrors(
    'GRAPHQL_VALIDATION_FAILED',
    errors.map((error) => ofArgument(document, error)),
  );
}

/** graphql-js does not tell which argument has a wrong value. */
function ofArgument(document: DocumentNode, error: GraphQLError): GraphQLError {
  const [node] = error.nodes ?? [];
  if (node === undefined || !/^(?!Variable$).*Value$/.test(node.kind)) return error;
  const { argument, path } = placeOf(document, node);
  const message = `The argument ${argument} is wrong: ${error.message}`;
  return new GraphQLError(message, { nodes: error.nodes, path, extensions: error.extensions });
}

function placeOf(document: DocumentNode, value: ASTNode): { argument: string; path: readonly string[] } {
  const [names, path]: [string[], string[]] = [[], []];
  visit(document, {
    enter: (...[node, , parent, , ancestors]) => {
      if (node !== value) return;
      for (const above of [...ancestors, parent!].filter((one) => 'kind' in one)) {
        if (above.kind === 'Field') path.push((above.alias ?? above.name).value);
        if (above.kind === 'VariableDefinition') names.push(`$${above.variable.name.value}`);
        if (above.kind === 'Argument' || above.kind === 'ObjectField') names.push(above.name.value);
      }
    },
  });
  return { argument: names.join('.'), path };
}
