import type { FastifyReply } from 'fastify';
import { type DocumentNode, getOperationAST, GraphQLError, type GraphQLSchema, Location, parse } from 'graphql';

export const parseOptions = { maxTokens: 10_000 };

/** Mercurius also accepts a document as a JSON tree, which bypasses the parser's limit. */
export async function refuseForeignDocument(_schema: GraphQLSchema, document: DocumentNode): Promise<void> {
  if (!(document?.loc instanceof Location)) {
    throw new GraphQLError('Syntax Error: The query is not a GraphQL document.');
  }
}

/** Mercurius reads the operation of a GET without checking that it exists. */
export async function refuseAmbiguousGet(
  _schema: GraphQLSchema,
  source: string,
  { reply: { request } }: { reply: FastifyReply },
): Promise<void> {
  if (request.method !== 'GET') return;
  const { operationName } = request.query as { operationName?: string };
  const document = parsed(source);
  if (document !== null && getOperationAST(document, operationName) === null) {
    throw new GraphQLError('The query has no operation of this name, or several and none is named.');
  }
}

function parsed(source: string): DocumentNode | null {
  try {
    return parse(source, parseOptions);
  } catch {
    return null;
  }
}
