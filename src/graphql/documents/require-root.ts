import {
  type DocumentNode,
  GraphQLError,
  type FragmentDefinitionNode,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { RequestErrors } from './request-errors.js';

/** graphql-js fails at a subscription whose only field is left out. @throws RequestErrors */
export function requireRoot(document: DocumentNode, { selectionSet }: OperationDefinitionNode): void {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const one of document.definitions) if (one.kind === 'FragmentDefinition') fragments.set(one.name.value, one);
  if (!isPlain(selectionSet)) throw new RequestErrors('GRAPHQL_VALIDATION_FAILED', [new GraphQLError(sentence)]);

  function isPlain(set: SelectionSetNode | undefined): boolean {
    return (set?.selections ?? []).every((selection) => {
      if (selection.directives?.length) return false;
      if (selection.kind === 'Field') return true;
      return isPlain(
        selection.kind === 'InlineFragment'
          ? selection.selectionSet
          : fragments.get(selection.name.value)?.selectionSet,
      );
    });
  }
}

const sentence = 'The field of a subscription takes no directives: leave the subscription out instead.';
