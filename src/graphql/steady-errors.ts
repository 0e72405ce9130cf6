import type { ExecutionResult, GraphQLError } from 'graphql';

/**
 * One error for each place that is null because of errors, in the order of the query. graphql-js tells those that came
 * before the place was null, graphql-jit all: what came first is chance.
 */
export function steadyErrors({ data, errors = [] }: ExecutionResult): GraphQLError[] {
  const first = new Map<string, GraphQLError>();
  for (const error of errors.toSorted(inOrder)) {
    const place = JSON.stringify(nullIn(data, error.path ?? []));
    if (!first.has(place)) first.set(place, error);
  }
  return [...first.values()];
}

function nullIn(data: unknown, path: readonly (string | number)[]): readonly (string | number)[] {
  let value = data;
  const steps = path.findIndex((step) => {
    if (value == null) return true;
    value = (value as Record<string | number, unknown>)[step];
    return false;
  });
  return steps < 0 ? path : path.slice(0, steps);
}

function inOrder(one: GraphQLError, other: GraphQLError): number {
  const [a, b] = [one.locations?.[0], other.locations?.[0]];
  const byPlace = a && b ? a.line - b.line || a.column - b.column : 0;
  return byPlace || compareIndexes(one.path ?? [], other.path ?? []);
}

function compareIndexes(one: readonly (string | number)[], other: readonly (string | number)[]): number {
  const differing = one.findIndex((step, at) => step !== other[at]);
  return Number(one[differing]) - Number(other[differing]) || 0;
}
