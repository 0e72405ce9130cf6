import { computed } from '@preact/signals';
import { address, setQuery } from '../address/address';

export const ownZone = Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';

/** The viewer's, unless the address names another. */
export const zone = computed(() => {
  const named = address.value.query.get('zone');
  return named !== null && isZone(named) ? named : ownZone;
});

export function chooseZone(name: string): void {
  setQuery({ zone: name === ownZone ? null : name });
}

export function isZone(name: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: name }));
  } catch {
    return false;
  }
}

export const zones = (): string[] => [...new Set([ownZone, 'UTC', ...Intl.supportedValuesOf('timeZone')])];

/** `+01:00` */
export function offset(name: string, at: number): string {
  const parts = new Intl.DateTimeFormat('en', { timeZone: name, timeZoneName: 'longOffset' }).formatToParts(at);
  return parts.find(({ type }) => type === 'timeZoneName')!.value.replace('GMT', '') || '+00:00';
}
