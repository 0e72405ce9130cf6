import type { Signal } from '@preact/signals';
import type { AxisParts } from './axis-parts';
import { moved, zoomed } from './span';

interface Plot {
  readonly width: Signal<number>;
  readonly newest: { readonly current: AxisParts };
}

const CLICK_PX = 4;

/** The wheel zooms, dragging pans, a click selects, a double click shows all. */
export function followPointer(element: HTMLElement, plot: Plot): () => void {
  const ending = new AbortController();
  const { signal } = ending;
  element.addEventListener('wheel', (event) => wheel(event, element, plot), { passive: false, signal });
  element.addEventListener('pointerdown', (event) => drag(event, element, plot), { signal });
  element.addEventListener('click', ({ target }) => pick(target as Element, plot), { signal });
  element.addEventListener('dblclick', () => (plot.newest.current.shown.value = null), { signal });
  return () => ending.abort();
}

function pick(target: Element, { newest }: Plot): void {
  const id = target.closest<HTMLElement>('.bar')?.dataset['id'];
  if (id !== undefined) newest.current.select(id);
}

/** Of an axis that is taller than the screen the wheel alone scrolls. */
function wheel(event: WheelEvent, element: HTMLElement, { width, newest }: Plot): void {
  const { shown, whole } = newest.current;
  const span = shown.peek() ?? whole;
  const right = element.getBoundingClientRect().right;
  const at = 1 - (right - event.clientX) / width.peek();
  if (at < 0 || at > 1) return;
  const sideways = Math.abs(event.deltaX) > Math.abs(event.deltaY) || event.shiftKey;
  const tall = element.clientHeight > innerHeight;
  if (!sideways && tall && !event.ctrlKey && !event.metaKey && !event.altKey) return;
  event.preventDefault();
  const delta = sideways ? event.deltaX || event.deltaY : event.deltaY;
  const ms = (delta / width.peek()) * (span.to - span.from);
  const next = sideways ? moved(span, ms, whole) : zoomed(span, { factor: Math.exp(delta / 400), at, whole });
  shown.value = next.to - next.from >= whole.to - whole.from ? null : next;
}

function drag(down: PointerEvent, element: HTMLElement, { width, newest }: Plot): void {
  const { shown, whole } = newest.current;
  const began = shown.peek();
  if (down.button !== 0 || began === null) return;
  const ending = new AbortController();
  const { signal } = ending;
  let dragging = false;
  const move = (event: PointerEvent): void => {
    const px = event.clientX - down.clientX;
    if (!dragging && Math.abs(px) < CLICK_PX) return;
    if (!dragging) element.setPointerCapture(down.pointerId);
    dragging = true;
    shown.value = moved(began, (-px / width.peek()) * (began.to - began.from), whole);
  };
  addEventListener('pointermove', move, { signal });
  // After the click that ends a drag.
  addEventListener('pointerup', () => setTimeout(() => ending.abort()), { signal });
  addEventListener('pointercancel', () => ending.abort(), { signal });
  const keepFromClicking = (event: Event): void => {
    if (dragging) event.stopPropagation();
  };
  element.addEventListener('click', keepFromClicking, { capture: true, signal });
}
