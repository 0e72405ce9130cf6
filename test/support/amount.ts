/** Proofs that could go on forever: how far `npm test` goes, and how far `npm run test:long` does. */
const amounts = {
  /** Hours of a day whose webhooks are lost in part. */
  LOSSY_HOURS: { sample: 1, whole: 24 },
  /** Histories that keep to LiveKit's world. */
  HISTORIES: { sample: 80, whole: 10_000 },
  /** Histories that need not. */
  LAW_RUNS: { sample: 30, whole: 2_000 },
  /** Questions of usage. */
  USAGE_CASES: { sample: 400, whole: 20_000 },
  /** How often each thing is killed. */
  CRASHES: { sample: 1, whole: 20 },
  /** How often another replica takes over from a killed one. */
  TAKEOVERS: { sample: 0, whole: 3 },
  /** Rooms of ten people that LiveKit has at once. */
  LIVE_ROOMS: { sample: 40, whole: 2_000 },
  /** Milliseconds that a dead node's answer takes. */
  DEAD_MS: { sample: 50, whole: 3_000 },
  /** Seconds without a database. */
  OUTAGE: { sample: 0, whole: 60 },
  /** Events a second meanwhile. */
  RATE: { sample: 100, whole: 500 },
  /** Events that three services are sent. */
  EVENTS: { sample: 250, whole: 10_000 },
  /** Snapshots of a distributed log while events arrive. */
  SNAPSHOTS: { sample: 150, whole: 1_000 },
};

/** As much as the environment's variable of this name says. */
export function amount(name: keyof typeof amounts): number {
  const { sample, whole } = amounts[name];
  return Number(process.env[name] ?? (process.env['PROOFS'] === 'whole' ? whole : sample));
}

/** Of what is drawn by chance: the same on every run, but for another `SEED`. */
export const seed = Number(process.env['SEED'] ?? 20_261_124);
