// node --import ./bench/support/typescript.mjs some.ts: runs the sources as they are, in a process of their own.
import { register } from 'node:module';

register('./typescript-hooks.mjs', import.meta.url);
