// Builds what has changed, then is the program: node scripts/run.mjs <module of dist> [arguments]
// One process, so that signals sent to npm reach it.
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';

const [node, , name, ...rest] = process.argv;
const program = new URL(`../dist/${name}.js`, import.meta.url);
build({ onlyWhereChanged: true });
process.argv = [node, fileURLToPath(program), ...rest];
await import(program.href);
