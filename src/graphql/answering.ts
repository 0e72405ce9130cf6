import {
  execute,
  type ExecutionResult,
  getVariableValues,
  GraphQLError,
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

/** A question within the limits. */
export interface Checked {
  readonly document: Document;
  readonly operation: OperationDefinitionNode;
  readonly operationName: string | undefined;
  readonly variables: Variables;
  readonly coerced: Variables;
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
  async answer(question: Question, context: ApiContext): Promise<ExecutionResult> {
    const checked = this.check(question);
    if (checked.operation.operation === 'subscription') throw overSocket();
    return this.run(checked, context);
  }

  /** @throws Refusal or RequestErrors */
  check({ query, operationName, variables = {} }: Question): Checked {
    const document = this.documents.of(query);
    const operation = operationOf(document.tree, { name: operationName, schema: this.schema });
    const coerced = this.coerce(operation, variables);
    this.requireWithin(document, operation, coerced);
    return { document, operation, operationName, variables, coerced };
  }

  /** @param root of a subscription, one event */
  async run(
    { document, operationName, variables, coerced }: Checked,
    context: ApiContext,
    root?: object,
  ): Promise<ExecutionResult> {
    const run = this.documents.runOf(document);
    const result = await (run === null
      ? execute({
          schema: this.schema,
          document: document.tree,
          rootValue: root,
          contextValue: context,
          variableValues: variables,
          operationName: operationName ?? null,
        })
      : run(root, context, coerced));
    requireAnswerWithin(result, document.tree, context.reading);
    return result;
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

function overSocket(): RequestErrors {
  const sentence = 'A subscription is answered over a WebSocket at this path, with the protocol graphql-transport-ws.';
  return new RequestErrors('BAD_REQUEST', [new GraphQLError(sentence)]);
}
