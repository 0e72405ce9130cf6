import { useLayoutEffect, useRef, useState } from 'preact/hooks';

const AROUND = 400;

/** Which pixels of a tall element, counted from its top, are on the screen or near it. */
export function useVisiblePart<E extends HTMLElement>(height: number) {
  const ref = useRef<E>(null);
  const [[top, bottom], set] = useState<readonly [number, number]>([0, innerHeight + AROUND]);
  useLayoutEffect(() => {
    let frame = 0;
    const look = (): void => {
      frame = 0;
      if (ref.current === null) return;
      const { top } = ref.current.getBoundingClientRect();
      const step = AROUND / 2;
      const from = Math.floor((-top - AROUND) / step) * step;
      const next = [Math.max(0, from), Math.max(0, from + innerHeight + 2 * AROUND + step)] as const;
      set((before) => (before[0] === next[0] && before[1] === next[1] ? before : next));
    };
    const later = (): void => void (frame ||= requestAnimationFrame(look));
    look();
    addEventListener('scroll', later, { passive: true });
    addEventListener('resize', later);
    return () => {
      cancelAnimationFrame(frame);
      removeEventListener('scroll', later);
      removeEventListener('resize', later);
    };
  }, [height]);
  return { ref, top, bottom };
}
