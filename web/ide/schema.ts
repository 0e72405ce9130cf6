import { signal } from '@preact/signals';
import { buildClientSchema, getIntrospectionQuery, type GraphQLSchema, type IntrospectionQuery } from 'graphql';
import { ask, Refused } from '../api/ask';
import { token } from '../session/session';

/** Null: not known. */
export const schema = signal<GraphQLSchema | null>(null);
/** Why it is not. */
export const hidden = signal<Refused | null>(null);

/** As the service tells it, where it does (`INTROSPECTION`). */
export async function learnSchema(): Promise<void> {
  if (schema.peek() !== null) return;
  hidden.value = null;
  try {
    schema.value = buildClientSchema(await ask<IntrospectionQuery, object>({ text: getIntrospectionQuery() }, {}));
  } catch (error) {
    hidden.value = error instanceof Refused ? error : new Refused('INTERNAL', String(error));
  }
}

// Another token may be told something else.
token.subscribe(() => (schema.value = null));
