// npm run bench -- growth <url of small tables> … <url of the largest>
//
// What growth costs: the same questions of each of the databases (see bench/seed-sessions.ts), from the smallest to
// the largest, after the same intake into each; then what intake costs in each of them, in turns. They should be as
// busy as each other, over more and more days: 100000 500 3.65, 1000000 5000 36.5, 10000000 50000 365. Their Postgres
// must be on this machine.
import { type Answer, askAll } from './growth/ask.js';
import { comeAlive, intakeCost, type IntakeCost } from './growth/intake-cost.js';

const ROUNDS = 5;
const EVENTS = 3000;
const ALIVE = 20_000;

const urls = process.argv.slice(2);
const names = urls.map((url) => new URL(url).pathname.slice(1));

const answers: Map<string, Answer>[] = [];
if (process.env['ONLY'] !== 'intake') {
  const now = Date.now();
  for (const url of urls) {
    await comeAlive(url, ALIVE, now);
    answers.push(await askAll(url, now));
  }
}
if (answers.length > 0) {
  row('', [...names.map((name) => `${name}: buffers, ms`), 'last : first']);
  for (const name of answers[0]!.keys()) {
    const asked = answers.map((answer) => answer.get(name)!);
    const [first, last] = [asked[0]!, asked.at(-1)!];
    const ratios = `${(last.buffers / first.buffers).toFixed(2)}, ${(last.p50 / first.p50).toFixed(2)}`;
    row(name, [...asked.map(({ buffers, p50 }) => `${buffers}, ${p50.toFixed(2)}`), ratios]);
  }
}

if (process.env['ONLY'] !== 'questions') {
  const costs: IntakeCost[][] = urls.map(() => []);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [index, url] of urls.entries()) costs[index]!.push(await intakeCost(url, EVENTS));
  }
  row('intake, an event', [...names, 'last : first']);
  for (const what of ['cpu', 'wal', 'pages'] as const) {
    const medians = costs.map((cost) => cost.map((one) => one[what]).sort((a, b) => a - b)[Math.floor(ROUNDS / 2)]!);
    row(what, [...medians.map((cost) => cost.toFixed(0)), (medians.at(-1)! / medians[0]!).toFixed(2)]);
  }
}

function row(name: string, cells: readonly string[]): void {
  console.log([name.padEnd(32), ...cells.map((cell) => cell.padStart(26))].join(''));
}
