import type { FieldNode, OperationDefinitionNode, ValueNode } from 'graphql';
import { MAX_LIST } from '../../read/filters.js';

export type Variables = Readonly<Record<string, unknown>>;

interface Asked {
  readonly operation: OperationDefinitionNode;
  readonly variables: Variables;
}

/** The value of a number, or the length of a list; undefined if absent. */
export function argumentSize(node: FieldNode, argument: string, asked: Asked): number | undefined {
  const given = node.arguments?.find(({ name }) => name.value === argument);
  const size = given && sizeOf(given.value, asked);
  // The resolver refuses larger values.
  return size === undefined ? undefined : Math.min(Math.max(size, 0), MAX_LIST);
}

function sizeOf(value: ValueNode, asked: Asked): number | undefined {
  if (value.kind === 'IntValue') return Number(value.value);
  if (value.kind === 'ListValue') return value.values.length;
  if (value.kind !== 'Variable') return undefined;
  const given = asked.variables[value.name.value];
  if (given !== undefined) return sizeOfGiven(given);
  const definition = asked.operation.variableDefinitions?.find(
    ({ variable }) => variable.name.value === value.name.value,
  );
  return definition?.defaultValue && sizeOf(definition.defaultValue, asked);
}

function sizeOfGiven(value: unknown): number | undefined {
  if (Array.isArray(value)) return value.length;
  return Number.isInteger(value) ? (value as number) : undefined;
}

/** With equal sizes, a document has equal cost. */
export function sizesOf(variables: Variables): string {
  return JSON.stringify(Object.entries(variables).map(([name, value]) => [name, sizeOfGiven(value)]));
}
