import type { FieldNode, GraphQLResolveInfo, SelectionNode } from 'graphql';
import type { Noun } from '../read/noun.js';
import type { ListSelection } from '../read/selection.js';

type Fragments = GraphQLResolveInfo['fragments'];

/** By field name, whatever types the fragments are on. */
export function fieldsBelow(nodes: readonly FieldNode[], fragments: Fragments): Map<string, FieldNode[]> {
  const fields = new Map<string, FieldNode[]>();
  const visit = (selection: SelectionNode): void => {
    if (selection.kind === 'Field') {
      const name = selection.name.value;
      fields.set(name, [...(fields.get(name) ?? []), selection]);
    } else {
      const inner = selection.kind === 'InlineFragment' ? selection : fragments[selection.name.value];
      inner?.selectionSet.selections.forEach(visit);
    }
  };
  for (const node of nodes) node.selectionSet?.selections.forEach(visit);
  return fields;
}

const selected = new WeakMap<readonly FieldNode[], ReadonlySet<string>>();

/** Found once for all rows at one place. */
export function selectedFields({ fieldNodes, fragments }: GraphQLResolveInfo): ReadonlySet<string> {
  const known = selected.get(fieldNodes);
  if (known !== undefined) return known;
  const fields = new Set(fieldsBelow(fieldNodes, fragments).keys());
  selected.set(fieldNodes, fields);
  return fields;
}

/** Below the node of an edge. */
export function selectedNodeFields({ fieldNodes, fragments }: GraphQLResolveInfo): ReadonlySet<string> {
  const nodes = fieldsBelow(fieldNodes, fragments).get('node') ?? [];
  return new Set(fieldsBelow(nodes, fragments).keys());
}

export function selectionOfList(
  { fieldNodes, fragments }: GraphQLResolveInfo,
  pointers: Noun['pointers'] = {},
): ListSelection {
  const below = (nodes: readonly FieldNode[] = []) => fieldsBelow(nodes, fragments);
  const connection = below(fieldNodes);
  const edges = below(connection.get('edges'));
  const pageInfo = below(connection.get('pageInfo'));
  const rows = [...(connection.get('nodes') ?? []), ...(edges.get('node') ?? [])];
  const cursors = edges.has('cursor') || pageInfo.has('startCursor') || pageInfo.has('endCursor');
  const fields = below(rows);
  const pointed = Object.keys(pointers).filter((name) => fields.has(name));
  return {
    fields: new Set(fields.keys()),
    cursors,
    pointed: new Map(pointed.map((name) => [name, new Set(below(fields.get(name)).keys())])),
  };
}
