import { signal } from '@preact/signals';

/** The present, each second. */
export const now = signal(Date.now());
setInterval(() => (now.value = Date.now()), 1000);
