// Builds what has changed, then is the program: node scripts/run.mjs <module of dist> [arguments]
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';

/** Exit codes of programs that cannot start. For `verify`, 1 means differences. */
const failures = { 'cli/verify': 2 };

// Signatures are checked in libuv's threads: two take less of the processor than four, and one could be held up by DNS.
process.env.UV_THREADPOOL_SIZE ??= '2';
stopWithNpm();
const [node, , name, ...rest] = process.argv;
const program = new URL(`../dist/${name}.js`, import.meta.url);
process.argv = [node, fileURLToPath(program), ...rest];
try {
  const release = await build({ onlyWhereChanged: true });
  if (release === null) process.exit(failures[name] ?? 1);
  globalThis.programIsLoaded = release;
  // All modules are loaded before the first of them runs.
  const first = 'data:text/javascript,globalThis.programIsLoaded()';
  await import(`data:text/javascript,import ${JSON.stringify(first)};import ${JSON.stringify(program.href)}`);
} catch (error) {
  console.error(error);
  process.exit(failures[name] ?? 1);
}

/** npm and its shell do not pass signals on, so the end of the parent counts as one. */
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
