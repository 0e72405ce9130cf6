import type { Signal } from '@preact/signals';
import type { Line } from './lines';
import type { Span } from './span';

export interface AxisParts {
  readonly lines: readonly Line[];
  readonly whole: Span;
  /** Null shows all. */
  readonly shown: Signal<Span | null>;
  readonly selected: string | null;
  readonly select: (id: string | null) => void;
  readonly now: number;
}
