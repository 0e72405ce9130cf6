import { useEffect, useState } from 'preact/hooks';
import type { Operation } from '../generated/operations';
import { ask, Refused } from './ask';
import { hear } from './changes';

interface Page<Node> {
  readonly nodes: readonly Node[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

export interface Pages<Node> {
  /** Null until the first page has come; those of an earlier question until then. */
  readonly nodes: readonly Node[] | null;
  readonly error: Refused | null;
  readonly loading: boolean;
  /** Null where there is no further page. */
  readonly more: (() => void) | null;
  readonly again: () => void;
}

interface State<Node> {
  readonly key: string;
  readonly nodes: readonly Node[] | null;
  readonly after: string | null;
  readonly error: Refused | null;
  readonly loading: boolean;
}

export function usePages<Data, Variables, Node>(
  operation: Operation<Data, Variables & { after?: string | null }>,
  variables: Variables,
  pageOf: (data: Data) => Page<Node>,
): Pages<Node> {
  const key = JSON.stringify(variables);
  const [state, setState] = useState<State<Node>>({ key, nodes: null, after: null, error: null, loading: true });
  const [wanted, want] = useState<{ key: string; after: string | null; turn: number }>({ key, after: null, turn: 0 });
  const after = wanted.key === key ? wanted.after : null;
  useEffect(() => {
    const leaving = new AbortController();
    setState((before) => ({ ...before, loading: true }));
    ask(operation, { ...variables, after }, leaving.signal).then(
      (data) => (hear(), setState((before) => joined(before, { key, after, page: pageOf(data) }))),
      (error: unknown) => {
        if (leaving.signal.aborted) return;
        setState((before) => ({
          ...before,
          error: error instanceof Refused ? error : new Refused('INTERNAL', String(error)),
          loading: false,
        }));
      },
    );
    return () => leaving.abort();
  }, [key, after, wanted.turn]);
  const more = state.after === null || state.loading ? null : () => want({ key, after: state.after, turn: 0 });
  return { ...state, more, again: () => want({ key, after, turn: wanted.turn + 1 }) };
}

interface Came<Node> {
  readonly key: string;
  readonly after: string | null;
  readonly page: Page<Node>;
}

function joined<Node>(
  { nodes: before }: State<Node>,
  { key, after, page: { nodes, pageInfo } }: Came<Node>,
): State<Node> {
  const next = pageInfo.hasNextPage ? pageInfo.endCursor : null;
  return {
    key,
    nodes: after === null ? nodes : [...(before ?? []), ...nodes],
    after: next,
    error: null,
    loading: false,
  };
}
