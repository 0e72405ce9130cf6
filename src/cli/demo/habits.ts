type Range = readonly [least: number, most: number];

export type Extra = 'recording' | 'own recording' | 'agent' | 'phone' | 'rtmp' | 'whip';

/** A kind of room that comes again and again. */
export interface Habit {
  /** `#` stands for a number. */
  readonly name: string;
  readonly tenant: string;
  readonly people: Range;
  readonly minutes: Range;
  /** The first of those who always come; null: others each time. */
  readonly crew: number | null;
  /** How many show themselves; the others watch. */
  readonly speakers: number;
  readonly extras: readonly Extra[];
  /** On a working day, and at what hour (UTC) if it is always the same. */
  readonly daily: number;
  readonly hour: number | null;
  /** How many are open while the demo runs. */
  readonly live: number;
}

const any = { crew: null, speakers: 30, extras: [], hour: null, live: 1 };
const standup = { ...any, tenant: 'acme', people: [5, 8], minutes: [14, 26], daily: 1 } as const;
const show = { ...any, speakers: 4, daily: 0.09, minutes: [50, 80], hour: 10 } as const;
const clinic = { ...any, tenant: 'clinic-north', people: [2, 3] } as const;
const meeting = { ...any, people: [3, 5], minutes: [25, 50], daily: 2 } as const;
const classroom = { ...meeting, tenant: 'umbrella-edu', people: [22, 28], minutes: [40, 65] } as const;

export const habits: readonly Habit[] = [
  { ...show, name: 'webinar-q4-launch', tenant: 'acme', people: [190, 212], crew: 20, extras: ['recording', 'rtmp'] },
  { ...show, name: 'watch-party', tenant: 'globex', people: [50, 61], crew: 0, extras: ['whip'], hour: 19 },
  { ...classroom, name: 'classroom-7b', crew: 60, extras: ['recording'] },
  { ...standup, name: 'standup-platform', crew: 0, hour: 9, live: 0 },
  { ...standup, name: 'standup-mobile', crew: 70, hour: 8, extras: ['recording'] },
  { ...meeting, name: 'design-review', tenant: 'globex', crew: 12 },
  { ...meeting, name: 'sales-demo-irun', tenant: 'initech', extras: ['recording'] },
  { ...meeting, name: '1on1-lena-omar', tenant: 'acme', people: [2, 2], crew: 12, daily: 0.5 },
  { ...any, name: 'support-#', tenant: 'globex', people: [2, 3], minutes: [4, 15], daily: 9, live: 4 },
  { ...clinic, name: 'consultation-#', minutes: [12, 40], extras: ['own recording', 'agent'], daily: 15, live: 5 },
  { ...clinic, name: 'sip-intake-0#', people: [0, 1], minutes: [2, 9], extras: ['phone', 'agent'], daily: 9, live: 4 },
];
