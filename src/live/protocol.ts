import { createSourceEventStream, type ExecutionArgs, type ExecutionResult, GraphQLError } from 'graphql';
import { type Context, makeServer, type Server, type SubscribePayload } from 'graphql-ws';
import type { TokenGate } from '../access/token-gate.service.js';
import { Refusal } from '../http/refusal.js';
import type { Reading } from '../read/reading.js';
import { ExactJson } from '../read/exact-json.js';
import { Source } from '../stream/source.js';
import type { Answering, Checked } from '../graphql/answering.js';
import type { ApiContext } from '../graphql/api-context.js';
import { nothingSpent } from '../graphql/cost/cost-walk.js';
import { requireRoot } from '../graphql/documents/require-root.js';
import { formatResult, refusedAnswer } from '../graphql/errors.js';
import type { Streams } from './streams.service.js';
import type { Watcher } from './watcher.js';
import { closing } from './close-codes.js';
import type { Connection } from './connection.js';
import type { SocketCounts } from './socket-counts.js';

export interface ProtocolParts {
  readonly answering: Answering;
  readonly gate: TokenGate;
  readonly streams: Streams;
  readonly counts: SocketCounts;
}

type Params = Readonly<Record<string, unknown>>;
type SocketContext = Context<Params, Connection>;

interface Operation extends ApiContext {
  readonly checked: Checked;
  /** Null: of a query. */
  watcher: Watcher | null;
}

const INIT_MS = 5_000;

/** graphql-transport-ws: https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md */
export function protocolServer(parts: ProtocolParts): Server<Connection> {
  const ends = new WeakMap<SubscribePayload, () => void>();
  return makeServer<Params, Connection>({
    connectionInitWaitTimeout: INIT_MS,
    onConnect: (context) => admit(parts, context),
    onSubscribe: async ({ extra }, _id, payload) => {
      let end = (): void => undefined;
      try {
        const reading = parts.streams.readingOf(extra.scope!);
        end = extra.begin(() => reading.stop());
        ends.set(payload, end);
        return await prepare(parts, extra, { reading, payload });
      } catch (error) {
        end();
        return [asGraphqlError(error)];
      }
    },
    execute: ({ contextValue }) => answerOf(parts.answering, contextValue as Operation),
    subscribe: ({ contextValue }) => (contextValue as Operation).watcher!,
    onNext: (...[, , , , result]) => (result instanceof ExactJson ? (result as object) : formatResult(result)),
    onError: (...[, , , errors]) => refusedAnswer(errors[0]!.originalError ?? errors[0]).errors,
    onComplete: (_context, _id, payload) => ends.get(payload)?.(),
  });
}

interface Asked {
  readonly reading: Reading;
  readonly payload: SubscribePayload;
}

async function prepare(
  { answering, streams }: ProtocolParts,
  connection: Connection,
  { reading, payload: { query, operationName, variables } }: Asked,
): Promise<ExecutionArgs> {
  const { settings } = streams;
  if (connection.subscriptions > settings.subscriptionsPerSocket) throw tooMany(settings.subscriptionsPerSocket);
  const checked = answering.check({
    query,
    operationName: operationName ?? undefined,
    variables: variables ?? undefined,
  });
  const { expiresAt } = connection.scope!;
  const operation: Operation = { expiresAt, reading, settings, spent: nothingSpent(), checked, watcher: null };
  const args = { schema: answering.schema, document: checked.document.tree, contextValue: operation };
  const asked = { ...args, operationName: operationName ?? null, variableValues: checked.variables };
  if (checked.operation.operation === 'subscription') {
    const source = await sourceOf(asked, checked);
    source.check(reading.statement());
    const slow = (): void => connection.close(closing.slowReader, 'SLOW_READER: resume after the last cursor.');
    operation.watcher = await streams.watch(answering, { checked, source, scope: reading.scope }, slow);
  }
  return asked;
}

async function sourceOf(asked: ExecutionArgs, { document, operation }: Checked): Promise<Source> {
  requireRoot(document.tree, operation);
  const source = await createSourceEventStream(asked);
  if (source instanceof Source) return source;
  throw (source as ExecutionResult).errors![0]!;
}

async function answerOf(answering: Answering, operation: Operation): Promise<ExecutionResult> {
  try {
    return await answering.run(operation.checked, operation);
  } catch (error) {
    return { data: null, errors: [asGraphqlError(error)] };
  }
}

function asGraphqlError(error: unknown): GraphQLError {
  return new GraphQLError('The operation failed.', { originalError: error as Error });
}

function tooMany(most: number): Refusal {
  return new Refusal(429, 'TOO_MANY_SUBSCRIPTIONS', `The socket has ${most} operations under way: end others first.`);
}

async function admit({ gate, counts }: ProtocolParts, { extra, connectionParams }: SocketContext): Promise<boolean> {
  const { Authorization, authorization = Authorization ?? extra.request.headers.authorization } =
    connectionParams ?? {};
  try {
    const scope = await gate.access.scope(typeof authorization === 'string' ? authorization : undefined);
    const leave = counts.enter(scope);
    if (leave === null) {
      extra.close(closing.tryLater, 'TOO_MANY_SOCKETS: close others first.');
      return false;
    }
    extra.onLeave(leave);
    extra.scope = scope;
    extra.closeAfter(gate.access.remainingMs(scope), () =>
      extra.close(closing.forbidden, 'TOKEN_EXPIRED: get another.'),
    );
    return true;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    extra.close(error.status === 401 ? closing.unauthenticated : closing.forbidden, `${error.code}: ${error.message}`);
    return false;
  }
}
