import { onDatabase, progress, secondsSince } from './on-database.js';
import { linesOf } from './verify-report.js';
import { verify } from '../rebuild/verify.js';

await onDatabase(async (url) => {
  const began = performance.now();
  const verification = await verify(url, progress(console.log));
  for (const line of linesOf(verification)) console.log(line);
  console.log(`Projected ${verification.events} events again in ${secondsSince(began)}.`);
  if (verification.differing > 0) process.exitCode = 1;
});
