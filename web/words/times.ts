import { type Form, timeIn } from './calendar';
import { zone } from './zone';

/** In the zone that the viewer chose. */
export const time = (at: number | string, form: Form): string => timeIn(zone.value, at, form);

export const today = (): string => time(Date.now(), 'iso day');
