import {
  execute,
  type ExecutionResult,
  getVariableValues,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import { requireAnswerWithin } from './answer-size.js';
import type { ApiContext } from './api-context.js';
import { sizesOf, type Variables } from './cost/argument-size.js';
import type { Limits } from './cost/cost-walk.js';
import { checkLimits } from './cost/limits.js';
import { type Document, Documents } from './documents/documents.js';
import { operationOf } from './documents/operation.js';
import { RequestErrors } from './documents/request-errors.js';
import { MAX_ERRORS } from './documents/validate.js';

export interface Question {
  readonly query: string;
  readonly operationName?: string | undefined;
  readonly variables?: Variables | undefined;
}

/** Answers questions as graphql-js does, once they are found within the limits. */
export class Answering {
  private readonly documents: Documents;

  constructor(
    readonly schema: GraphQLSchema,
    private readonly settings: { readonly introspection: boolean; readonly limits: Limits },
  ) {
    this.documents = new Documents(schema, settings.introspection);
  }

  /** @throws Refusal or RequestErrors, before anything is read */
  async answer({ query, operationName, variables = {} }: Question, context: ApiContext): Promise<ExecutionResult> {
    const document = this.documents.of(query);
    const operation = operationOf(document.tree, { name: operationName, schema: this.schema });
    const coerced = this.coerce(operation, variables);
    this.requireWithin(document, operation, coerced);
    const run = this.documents.runOf(document);
    const result = await (run === null
      ? this.execute(document, { variables, operationName, context })
      : run(undefined, context, coerced));
    requireAnswerWithin(result, document.tree, context.reading);
    return result;
  }

  private execute(
    { tree: document }: Document,
    asked: { variables: Variables; operationName: string | undefined; context: ApiContext },
  ): ExecutionResult | Promise<ExecutionResult> {
    const { variables: variableValues, operationName = null, context: contextValue } = asked;
    return execute({ schema: this.schema, document, contextValue, variableValues, operationName });
  }

  private coerce({ variableDefinitions = [] }: OperationDefinitionNode, variables: Variables): Variables {
    const options = { maxErrors: MAX_ERRORS, hideSuggestions: !this.settings.introspection };
    const { errors, coerced } = getVariableValues(this.schema, variableDefinitions, variables, options);
    if (errors !== undefined) throw new RequestErrors('BAD_USER_INPUT', errors);
    return coerced;
  }

  private requireWithin(document: Document, operation: OperationDefinitionNode, variables: Variables): void {
    const sizes = `${operation.name?.value} ${sizesOf(variables)}`;
    if (document.within === sizes) return;
    checkLimits(
      { schema: this.schema, document: document.tree, operation },
      { limits: this.settings.limits, variables },
    );
    document.within = sizes;
  }
}
