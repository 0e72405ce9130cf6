import type { FieldNode, ValueNode } from 'graphql';

/** Coerced, with their defaults. */
export type Variables = Readonly<Record<string, unknown>>;

/** The value of a number, or the length of a list; undefined if absent. */
export function argumentSize(node: FieldNode, argument: string, variables: Variables): number | undefined {
  const given = node.arguments?.find(({ name }) => name.value === argument);
  return given && sizeOf(given.value, variables);
}

function sizeOf(value: ValueNode, variables: Variables): number | undefined {
  if (value.kind === 'IntValue') return Number(value.value);
  if (value.kind === 'ListValue') return value.values.length;
  if (value.kind === 'Variable') return sizeOfGiven(variables[value.name.value]);
  return undefined;
}

function sizeOfGiven(value: unknown): number | undefined {
  if (Array.isArray(value)) return value.length;
  return Number.isInteger(value) ? (value as number) : undefined;
}

/** With equal sizes, an operation has equal cost. */
export function sizesOf(variables: Variables): string {
  return JSON.stringify(Object.entries(variables).map(([name, value]) => [name, sizeOfGiven(value)]));
}
