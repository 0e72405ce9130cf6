import { address, setQuery } from '../address/address';
import { ChoiceFilter, DaysFilter, Filters, MonthFilter, TextFilter, useTyped } from '../parts/filters';
import { ZoneChoice } from '../parts/zone-choice';
import { today } from '../words/times';
import {
  byTenant,
  groupings,
  hasKinds,
  intervals,
  meters,
  monthOf,
  type Question,
  range,
  roundings,
  typed,
} from './question';

const names = ['meter', 'month', 'from', 'to', 'by', 'zone', 'group', 'tenant', 'room', 'without', 'minutes'];
const withouts = [
  ['machines', 'agents, recorders'],
  ['nobody', 'nobody'],
] as const;

export function Choices({ question: { meter } }: { question: Question }) {
  const { query } = address.value;
  const ranged = query.get('from') !== null || query.get('to') !== null;
  const days = range(query, today());
  return (
    <Filters names={names}>
      <ChoiceFilter name="meter" label="Meter" fallback="PARTICIPANT" options={meters} />
      {ranged ? (
        <DaysFilter {...days} />
      ) : (
        <MonthFilter name="month" label="Month" fallback={monthOf(query, today())} />
      )}
      <button type="button" class="link" onClick={() => setQuery(ranged ? { from: null, to: null } : { ...days })}>
        {ranged ? 'a month' : 'other days'}
      </button>
      <ChoiceFilter name="by" label="By" fallback="DAY" options={intervals} />
      <label class="chip">
        Zone
        <ZoneChoice />
      </label>
      <GroupBy options={groupings(meter)} />
      <TextFilter name="tenant" label="Tenant" />
      <TextFilter name="room" label="Room" />
      {hasKinds(meter) && <ChoiceFilter name="without" label="Without" fallback="machines" options={withouts} />}
      <ChoiceFilter name="minutes" label="Minutes" fallback="CEIL_SESSION" options={roundings} />
    </Filters>
  );
}

/** One of the options, or a kind and what is typed beside it. */
function GroupBy({ options }: { options: readonly (readonly [string, string])[] }) {
  const group = address.value.query.get('group') ?? byTenant();
  const listed = options.some(([one]) => one === group);
  const kind = typed.find((one) => group.startsWith(one));
  const choose = (next: string): void => setQuery({ group: next === byTenant() ? null : next });
  return (
    <span class="chip">
      <label>
        Group by{' '}
        <select
          value={listed || kind === undefined ? group : kind}
          onChange={({ currentTarget }) => choose(currentTarget.value)}
        >
          {options.map(([one, words]) => (
            <option key={one} value={one}>
              {words}
            </option>
          ))}
        </select>
      </label>
      {kind !== undefined && (!listed || group === kind) && <Typed kind={kind} text={group.slice(kind.length)} />}
    </span>
  );
}

function Typed({ kind, text }: { kind: string; text: string }) {
  const field = useTyped(text, (next) => setQuery({ group: kind + next }));
  return <input type="search" aria-label="Path or attribute" placeholder={examples[kind] ?? ''} {...field} />;
}

const examples: Readonly<Record<string, string>> = { 'metadata:': 'tenant.plan', 'attribute:': 'plan', 'prefix:': '-' };
