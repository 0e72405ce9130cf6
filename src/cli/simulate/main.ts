import { report, simulate } from './run.js';

try {
  const outcome = await simulate(process.argv.slice(2), process.env, Date.now());
  console.log(report(outcome));
  if (outcome.refused > 0) process.exitCode = 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
