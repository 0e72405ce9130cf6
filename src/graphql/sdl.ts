import { readFileSync } from 'node:fs';

/** The served schema. The build copies it beside this file. */
export const sdl = readFileSync(new URL('./schema.graphql', import.meta.url), 'utf8');
