import type { GraphQLError } from 'graphql';

export class RequestErrors extends Error {
  override name = 'RequestErrors';

  constructor(
    /** Of the errors that have none in their extensions. */
    readonly code: string,
    readonly errors: readonly GraphQLError[],
  ) {
    super(errors[0]?.message);
  }
}
