export interface Point {
  readonly at: number;
  readonly value: number;
}

interface Sparkline {
  readonly points: readonly Point[];
  readonly from: number;
  readonly to: number;
}

/** Windows without a point are zero. */
export function Sparkline({ points, from, to }: Sparkline) {
  const most = Math.max(...points.map(({ value }) => value), 1e-9);
  const x = (at: number): number => ((at - from) / (to - from)) * 100;
  const line = points.map(({ at, value }) => `${x(at).toFixed(2)},${(38 - (value / most) * 34).toFixed(2)}`);
  if (line.length < 2) return <svg class="spark" aria-hidden="true" />;
  return (
    <svg class="spark" viewBox="0 0 100 40" preserveAspectRatio="none" aria-hidden="true">
      <polygon points={`${x(points[0]!.at)},40 ${line.join(' ')} ${x(points.at(-1)!.at)},40`} />
      <polyline points={line.join(' ')} vector-effect="non-scaling-stroke" />
    </svg>
  );
}
