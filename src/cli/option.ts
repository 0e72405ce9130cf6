import { Problem } from '../settings/values.js';

/** @throws Error that names the option */
export function readOption<T>(name: string, text: string, parse: (text: string) => T): T {
  try {
    return parse(text);
  } catch (error) {
    throw error instanceof Problem ? new Error(`--${name} ${error.message}.`) : error;
  }
}
