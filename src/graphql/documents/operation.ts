import { type DocumentNode, GraphQLError, type GraphQLSchema, type OperationDefinitionNode } from 'graphql';
import { RequestErrors } from './request-errors.js';

/** In graphql-js' words. @throws RequestErrors GRAPHQL_VALIDATION_FAILED */
export function operationOf(
  { definitions }: DocumentNode,
  { name, schema }: { name: string | undefined; schema: GraphQLSchema },
): OperationDefinitionNode {
  const all = definitions.filter((one) => one.kind === 'OperationDefinition');
  const found = name === undefined ? all : all.filter((one) => one.name?.value === name);
  const [operation] = found;
  if (operation === undefined && name !== undefined) throw refused(`Unknown operation named "${name}".`);
  if (operation === undefined) throw refused('Must provide an operation.');
  if (found.length > 1) throw refused('Must provide operation name if query contains multiple operations.');
  if (schema.getRootType(operation.operation) == null)
    throw refused(`Schema is not configured to execute ${operation.operation} operation.`, operation);
  return operation;
}

function refused(message: string, node?: OperationDefinitionNode): RequestErrors {
  return new RequestErrors('GRAPHQL_VALIDATION_FAILED', [new GraphQLError(message, { nodes: node ?? null })]);
}
