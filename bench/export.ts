// npm run bench -- export <database url> [file, with its parameters]
//
// An export of everything: rows and bytes a second, and the memory of the service meanwhile.
import { ours } from './queries/ours.js';
import { Served } from './queries/serve.js';
import { residentOf } from './support/cpu.js';

const NEWLINE = 10;

const [url, file = 'participants.csv?from=2000-01-01T00:00:00Z&to=2100-01-01T00:00:00Z'] = process.argv.slice(2);
if (url === undefined) throw new Error('A database must be named, by its URL.');
const served = await Served.start(ours, url);
const resident: number[] = [residentOf(served.pid)];
const watch = setInterval(() => resident.push(residentOf(served.pid)), 1000);
try {
  const began = performance.now();
  const response = await fetch(new URL(`/export/${file}`, served.url), { headers: served.headers });
  if (!response.ok || response.body === null) throw new Error(await response.text());
  let [lines, bytes] = [0, 0];
  for await (const chunk of response.body) {
    bytes += chunk.length;
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, at + 1)) lines++;
  }
  const seconds = (performance.now() - began) / 1000;
  const megabytes = (value: number): string => `${Math.round(value / 1e6)} MB`;
  console.log(
    `${lines} lines, ${megabytes(bytes)}, in ${seconds.toFixed(1)} s: ${Math.round(lines / seconds)} a second`,
  );
  console.log(`resident: ${megabytes(resident[0]!)} before, ${megabytes(Math.max(...resident))} at most`);
} finally {
  clearInterval(watch);
  await served.stop();
}
