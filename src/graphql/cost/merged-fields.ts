import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLSchema,
  isCompositeType,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';

export interface MergedField {
  readonly parent: GraphQLCompositeType;
  readonly nodes: readonly [FieldNode, ...FieldNode[]];
}

export interface DocumentParts {
  readonly schema: GraphQLSchema;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
}

/** Merges fields as execution does: one for each type and response key. */
export function mergedFields(
  type: GraphQLCompositeType,
  sets: readonly SelectionSetNode[],
  { schema, fragments }: DocumentParts,
): MergedField[] {
  const merged = new Map<string, { parent: GraphQLCompositeType; nodes: [FieldNode, ...FieldNode[]] }>();
  const spread = new Set<string>();
  const visit = (parent: GraphQLCompositeType, selection: SelectionNode): void => {
    if (selection.kind === 'Field') return add(parent, selection);
    if (selection.kind === 'FragmentSpread' && spread.has(`${parent.name} ${selection.name.value}`)) return;
    if (selection.kind === 'FragmentSpread') spread.add(`${parent.name} ${selection.name.value}`);
    const fragment = selection.kind === 'InlineFragment' ? selection : fragments.get(selection.name.value);
    const inner = fragment?.typeCondition === undefined ? parent : schema.getType(fragment.typeCondition.name.value);
    for (const next of fragment?.selectionSet.selections ?? []) visit(isCompositeType(inner) ? inner : parent, next);
  };
  const add = (parent: GraphQLCompositeType, node: FieldNode): void => {
    const key = `${parent.name}.${(node.alias ?? node.name).value}`;
    const found = merged.get(key);
    if (found === undefined) merged.set(key, { parent, nodes: [node] });
    else found.nodes.push(node);
  };
  for (const { selections } of sets) for (const selection of selections) visit(type, selection);
  return [...merged.values()];
}
