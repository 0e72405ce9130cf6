import type { ComponentChildren } from 'preact';
import type { Refused } from '../api/ask';
import { connected, lastUpdate } from '../api/changes';
import { time } from '../words/times';

/** Above what was there before. */
export function Problem({ error, again }: { error: Refused | null; again?: () => void }) {
  if (error === null) return null;
  return (
    <p class="problem" role="alert">
      {error.message} <code>{error.code}</code>
      {again && (
        <button type="button" class="link" onClick={again}>
          Try again
        </button>
      )}
    </p>
  );
}

export function Empty({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <div class="empty">
      <strong>{title}</strong>
      <div>{children}</div>
    </div>
  );
}

/** As high as the rows that come. */
export function Skeleton({ rows, height }: { rows: number; height: number }) {
  return (
    <div class="skeleton" aria-hidden="true">
      {Array.from({ length: rows }, (_, at) => (
        <div key={at} style={{ height: `${height}px` }}>
          <span />
        </div>
      ))}
    </div>
  );
}

export function Reconnecting() {
  if (connected.value !== false) return null;
  return (
    <p class="reconnecting" role="status">
      reconnecting, last update {time(lastUpdate.value, 'clock')}
    </p>
  );
}
