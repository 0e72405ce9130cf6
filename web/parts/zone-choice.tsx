import { offset } from '../words/calendar';
import { chooseZone, zone, zones } from '../words/zone';

export function ZoneChoice({ id }: { id?: string }) {
  return (
    <select {...(id && { id })} value={zone.value} onChange={(event) => chooseZone(event.currentTarget.value)}>
      {zones().map((name) => (
        <option key={name} value={name}>
          {name === zone.value ? `${name} (${offset(name, Date.now())})` : name}
        </option>
      ))}
    </select>
  );
}
