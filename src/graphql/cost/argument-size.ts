import type { FieldNode, OperationDefinitionNode, ValueNode } from 'graphql';
import { MAX_LIST } from '../../read/filters.js';

export type Variables = Readonly<Record<string, unknown>>;

interface Asked {
  readonly operation: OperationDefinitionNode;
  readonly variables: Variables;
}

/** An argument's number, or how many values it lists; undefined if it is not given. */
export function argumentSize(node: FieldNode, argument: string, asked: Asked): number | undefined {
  const given = node.arguments?.find(({ name }) => name.value === argument);
  const size = given && sizeOf(given.value, asked);
  // The field itself refuses more.
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

/** All that variables say of sizes: with the same, a document costs the same. */
export function sizesOf(variables: Variables): string {
  return JSON.stringify(Object.entries(variables).map(([name, value]) => [name, sizeOfGiven(value)]));
}
