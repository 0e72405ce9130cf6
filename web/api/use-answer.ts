import { useEffect, useRef, useState } from 'preact/hooks';
import type { Operation } from '../generated/operations';
import { ask, Refused } from './ask';
import { hear } from './changes';

export interface Answered<Data> {
  /** The newest answer; that to an earlier question while the next is awaited. */
  readonly data: Data | null;
  readonly error: Refused | null;
  readonly loading: boolean;
  readonly again: () => void;
}

export function useAnswer<Data, Variables>(
  operation: Operation<Data, Variables>,
  variables: Variables | null,
): Answered<Data> {
  const [state, setState] = useState<Omit<Answered<Data>, 'again'>>({ data: null, error: null, loading: true });
  const [turn, setTurn] = useState(0);
  const key = JSON.stringify(variables);
  const retry = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    if (variables === null) return;
    const leaving = new AbortController();
    setState((before) => ({ ...before, loading: true }));
    ask(operation, variables, leaving.signal).then(
      (data) => (hear(), setState({ data, error: null, loading: false })),
      (error: unknown) => {
        if (leaving.signal.aborted) return;
        const refused = error instanceof Refused ? error : new Refused('INTERNAL', String(error));
        setState(({ data }) => ({ data, error: refused, loading: false }));
        if (refused.code === 'UNAVAILABLE' || refused.code === 'BUSY')
          retry.current = setTimeout(() => setTurn((n) => n + 1), 3_000);
      },
    );
    return () => {
      clearTimeout(retry.current);
      leaving.abort();
    };
  }, [operation, key, turn]);
  return { ...state, again: () => setTurn((n) => n + 1) };
}
