// Times travel as milliseconds: Postgres reads and writes numbers several times as fast as timestamps' text.

/** SQL for the milliseconds, as float8, of a timestamptz. */
export function millisecondsOf(time: string): string {
  return `round(date_part('epoch', ${time}) * 1000)`;
}

/** SQL for the timestamptz of milliseconds, which are float8. */
export function timestampOf(milliseconds: string): string {
  return `to_timestamp(${milliseconds} / 1000)`;
}
