import { readFileSync } from 'node:fs';

/** Linux counts processor time in ticks of 10 ms. */
const TICK_US = 10_000;

/** A process's processor time so far, in µs: its own, or with `tree` its living and past children's too. */
export function cpuOf(pid: number, tree = false): number {
  const own = statOf(pid);
  if (!own) return 0;
  const past = tree ? own.cutime + own.cstime : 0;
  const living = tree ? childrenOf(pid).reduce((sum, child) => sum + cpuOf(child, true), 0) : 0;
  return (own.utime + own.stime + past) * TICK_US + living;
}

/** Bytes in memory now. */
export function residentOf(pid: number): number {
  const [, kib] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kib) * 1024;
}

function childrenOf(pid: number): number[] {
  const listed = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return listed.split(' ').filter(Boolean).map(Number);
}

interface Stat {
  parent: number;
  utime: number;
  stime: number;
  cutime: number;
  cstime: number;
}

function statOf(pid: number): Stat | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The program's name, in brackets, may hold spaces.
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const [utime = 0, stime = 0, cutime = 0, cstime = 0] = fields.slice(11);
    return { parent: fields[1] ?? 0, utime, stime, cutime, cstime };
  } catch {
    return null;
  }
}
