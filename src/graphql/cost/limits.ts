import {
  type DocumentNode,
  getNamedType,
  type GraphQLCompositeType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import type { Variables } from './argument-size.js';
import { CostWalk, type Limits, nothingSpent, type Spent } from './cost-walk.js';
import type { DocumentParts } from './merged-fields.js';

interface Asked {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
}

/** @throws Refusal DEPTH_LIMIT, COST_LIMIT or BAD_USER_INPUT, before anything is read */
export function checkLimits(
  { schema, document, operation }: Asked,
  ask: { limits: Limits; variables: Variables },
): void {
  const walk = new CostWalk({ ...ask, schema, fragments: fragmentsOf(document) }, nothingSpent());
  walk.visit(schema.getRootType(operation.operation)!, [operation.selectionSet], { depth: 1, nodes: 1, page: 1 });
}

/** For rows whose number is known only once they are read. */
export function checkRows(
  { schema, fragments, fieldNodes, variableValues, returnType }: GraphQLResolveInfo,
  rows: number,
  { limits, spent }: { limits: Limits; spent: Spent },
): void {
  const parts = { schema, fragments: new Map(Object.entries(fragments)), limits, variables: variableValues };
  const sets = fieldNodes.flatMap(({ selectionSet }) => selectionSet ?? []);
  const type = getNamedType(returnType) as GraphQLCompositeType;
  new CostWalk(parts, spent).visit(type, sets, { depth: 1, nodes: rows, page: 1 });
}

function fragmentsOf({ definitions }: DocumentNode): DocumentParts['fragments'] {
  return new Map(
    definitions.flatMap((one) => (one.kind === 'FragmentDefinition' ? [[one.name.value, one] as const] : [])),
  );
}
