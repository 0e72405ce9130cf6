// Builds what has changed, then is the program: node scripts/run.mjs <module of dist> [arguments]
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';

// Signatures are checked in libuv's threads: two take less of the processor than four, and one could be held up by DNS.
process.env.UV_THREADPOOL_SIZE ??= '2';
stopWithNpm();
const [node, , name, ...rest] = process.argv;
const program = new URL(`../dist/${name}.js`, import.meta.url);
build({ onlyWhereChanged: true });
process.argv = [node, fileURLToPath(program), ...rest];
await import(program.href);

/** A signal to npm ends npm and its shell, which pass nothing on: their end is the signal. */
function stopWithNpm() {
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    process.kill(process.pid, 'SIGTERM');
  }, 200);
  watch.unref();
}
