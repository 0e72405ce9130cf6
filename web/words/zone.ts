import { computed } from '@preact/signals';
import { address, setQuery } from '../address/address';
import { isZone } from './calendar';

export const ownZone = Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';

/** The viewer's, unless the address names another. */
export const zone = computed(() => {
  const named = address.value.query.get('zone');
  return named !== null && isZone(named) ? named : ownZone;
});

export function chooseZone(name: string): void {
  setQuery({ zone: name === ownZone ? null : name });
}

export const zones = (): string[] => [...new Set([ownZone, 'UTC', ...Intl.supportedValuesOf('timeZone')])];
