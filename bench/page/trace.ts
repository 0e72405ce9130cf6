import type { Browser, Page } from 'playwright-core';
import { percentile, short } from '../support/figures.js';

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  /** µs by the clock, and of the thread. */
  readonly dur?: number;
  readonly tdur?: number;
  readonly args?: { readonly name?: string; readonly data?: { readonly url?: string } };
}

export interface Cost {
  readonly wallMs: number;
  readonly cpuMs: number;
}

const categories = [
  'toplevel',
  'devtools.timeline',
  'disabled-by-default-devtools.timeline',
  'disabled-by-default-devtools.timeline.frame',
  'devtools.timeline.frame',
];
const scriptAndLayout = new Set([
  'EventDispatch',
  'FunctionCall',
  'FireAnimationFrame',
  'TimerFire',
  'RunMicrotasks',
  'UpdateLayoutTree',
  'Layout',
  'PrePaint',
]);

/** What the page's main thread did meanwhile, by Chromium's own trace. */
export async function traced(browser: Browser, page: Page, act: () => Promise<void>): Promise<MainThread> {
  await browser.startTracing(page, { categories });
  await act();
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: TraceEvent[] };
  return new MainThread(traceEvents);
}

export class MainThread {
  private readonly events: readonly TraceEvent[];

  constructor(all: readonly TraceEvent[]) {
    const mains = all.filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain');
    const busiest = mains
      .map(({ pid, tid }) => all.filter((one) => one.pid === pid && one.tid === tid && one.ph === 'X'))
      .toSorted((a, b) => b.length - a.length)[0];
    this.events = (busiest ?? []).toSorted((a, b) => a.ts - b.ts || (b.dur ?? 0) - (a.dur ?? 0));
  }

  tasks(): Cost[] {
    return outermost(this.events.filter(({ name }) => name === 'RunTask' || name.endsWith('RunTask'))).map(costOf);
  }

  /** Script, style and layout between two frames. */
  frames(): Cost[] {
    const begins = this.events.filter(({ name }) => name === 'Commit' || name === 'CommitFrame').map(({ ts }) => ts);
    const work = outermost(this.events.filter(({ name }) => scriptAndLayout.has(name)));
    return begins.slice(1).map((end, at) => {
      const own = work.filter(({ ts }) => ts >= begins[at]! && ts < end).map(costOf);
      return {
        wallMs: own.reduce((sum, { wallMs }) => sum + wallMs, 0),
        cpuMs: own.reduce((sum, { cpuMs }) => sum + cpuMs, 0),
      };
    });
  }
}

function outermost(sorted: readonly TraceEvent[]): TraceEvent[] {
  let end = -Infinity;
  return sorted.filter(({ ts, dur = 0 }) => {
    if (ts < end) return false;
    end = ts + dur;
    return true;
  });
}

const costOf = ({ dur = 0, tdur = dur }: TraceEvent): Cost => ({ wallMs: dur / 1000, cpuMs: tdur / 1000 });

/** `p50 3.1, p95 8.2, most 14.0 ms (of the thread: …)` */
export function words(costs: readonly Cost[]): string {
  const of = (values: readonly number[]): string =>
    `p50 ${short(percentile(values, 0.5))}, p95 ${short(percentile(values, 0.95))}, most ${short(Math.max(0, ...values))} ms`;
  return `${of(costs.map(({ wallMs }) => wallMs))} by the clock; ${of(costs.map(({ cpuMs }) => cpuMs))} of the thread`;
}
