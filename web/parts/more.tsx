import type { Pages } from '../api/use-pages';

export function More({ more, loading }: Pick<Pages<unknown>, 'more' | 'loading'>) {
  if (more === null && !loading) return null;
  return (
    <p class="more">
      <button type="button" class="button" disabled={more === null} onClick={() => more?.()}>
        {loading ? 'Asking…' : 'Show more'}
      </button>
    </p>
  );
}
