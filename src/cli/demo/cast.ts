import type { Chance } from '../simulate/chance.js';
import { joined, type Participant } from '../simulate/participant.js';

export type Appearance = (now: number) => Participant;

const firstNames = ['Ada', 'Ben', 'Dmitri', 'Emeka', 'Farah', 'Grace', 'Hiro', 'Inés', 'Jonas', 'Chloé', 'Khadija'];
firstNames.push('Linh', 'Lena', 'Omar', 'Mateo', 'Noor', 'Wanda', 'Yusuf', 'Priya', 'Tomás', 'Sofia', 'Viktor', 'Irun');
const lastNames = ['Park', 'Weber', 'Okafor', 'Silva', 'Haddad', 'Novak', 'Tanaka', 'Moreau', 'Lind', 'Rossi', 'Khan'];
const plans = ['free', 'team', 'team', 'enterprise'];
const devices = ['laptop', 'phone', 'tablet'];
const regions = ['eu-central', 'eu-central', 'us-east'];

export const castSize = firstNames.length * lastNames.length;

/** The same person whenever the number is the same. */
export function member(number: number): Appearance {
  const at = number % castSize;
  const name = firstNames[at % firstNames.length]!;
  const plain = name.normalize('NFD').replace(/[^a-z]/gi, '');
  const attributes = { plan: plans[at % plans.length], device: devices[at % devices.length] };
  const fields = { name: `${name} ${lastNames[at % lastNames.length]}`, attributes, region: regions[at % 3] };
  return (now) => joined(`${plain.toLowerCase()}-${64 + at}`, now, fields);
}

export const doctor: Appearance = (now) =>
  joined('dr-weiss', now, {
    name: 'Dr. Weiss',
    attributes: { plan: 'enterprise', device: 'laptop' },
    region: 'eu-central',
  });

export function phone(line: string): Appearance {
  const number = `+4930${line}`;
  const call = { 'sip.callStatus': 'active', 'sip.callID': `SCL_${line}`, 'sip.trunkPhoneNumber': '+4930555000' };
  const attributes = { plan: 'free', 'sip.phoneNumber': number, ...call };
  const name = `+49 30 ${line.slice(0, 4)} ${line.slice(4)}`;
  return (now) => joined(`sip_${number}`, now, { name, kind: 'SIP', attributes, region: 'eu-central' });
}

export function caller(chance: Chance): Appearance {
  return phone(`5550${chance.whole(100, 140)}`);
}
