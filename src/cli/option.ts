import { Problem } from '../settings/values.js';

/** Reads an option of the command line; a refusal names it. */
export function readOption<T>(name: string, text: string, parse: (text: string) => T): T {
  try {
    return parse(text);
  } catch (error) {
    throw error instanceof Problem ? new Error(`--${name} ${error.message}.`) : error;
  }
}
