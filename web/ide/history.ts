import { signal } from '@preact/signals';

export interface Past {
  readonly text: string;
  readonly variables: string;
}

const KEPT = 'asked';
const MOST = 30;

/** What was asked in this browser, the newest first; headers are not kept. */
export const history = signal<readonly Past[]>(read());

export function remember({ text, variables }: Past): void {
  const others = history.peek().filter((past) => past.text !== text || past.variables !== variables);
  history.value = [{ text, variables }, ...others].slice(0, MOST);
  localStorage.setItem(KEPT, JSON.stringify(history.value));
}

function read(): Past[] {
  try {
    return JSON.parse(localStorage.getItem(KEPT) ?? '[]') as Past[];
  } catch {
    return [];
  }
}
