import { useSignal } from '@preact/signals';
import { address, setQuery } from '../address/address';
import { downloadLink } from '../api/ask';
import { useAnswer } from '../api/use-answer';
import { AskUsage } from '../generated/operations';
import { Download } from '../parts/download';
import { ChoiceFilter, TextFilter } from '../parts/filters';
import { Empty, Problem, Skeleton } from '../parts/states';
import { time } from '../words/times';
import { Chart } from './chart';
import {
  asGraphql,
  exportPath,
  groupings,
  hasKinds,
  intervals,
  meters,
  monthOf,
  type Question,
  questionOfAddress,
  range,
  roundings,
} from './question';
import { Sums } from './sums';

export function Usage() {
  const question = questionOfAddress();
  const { data, error, again, loading } = useAnswer(AskUsage, question);
  return (
    <>
      <header class="head">
        <div>
          <h1>Usage</h1>
          <p>{sentence(question)}</p>
        </div>
        <div class="actions">
          <AsGraphql question={question} />
          <Download link={() => downloadLink(exportPath(question, 'jsonl'))}>JSON lines</Download>
          <Download primary link={() => downloadLink(exportPath(question, 'csv'))}>
            Download CSV
          </Download>
        </div>
      </header>
      <Choices question={question} />
      <Problem error={error} again={again} />
      {data === null && error === null && <Skeleton rows={8} height={48} />}
      {data && data.groups.length === 0 && !loading && (
        <Empty title="Nothing was used then.">
          <button
            type="button"
            class="link"
            onClick={() => setQuery({ month: null, from: null, to: null, without: null })}
          >
            Show this month
          </button>
        </Empty>
      )}
      {data && data.groups.length > 0 && (
        <div class={loading ? 'waiting' : ''}>
          <Chart data={data} question={question} />
          <Sums data={data} question={question} />
        </div>
      )}
    </>
  );
}

function sentence({ meter, groupBy, interval, from, to }: Question): string {
  const what =
    meter === 'PARTICIPANT'
      ? 'Connected time of people'
      : `Time of ${meters.find(([one]) => one === meter)![1].toLowerCase()}`;
  const [by] = groupBy.map(
    (one) => groupings(meter).find(([key]) => key.endsWith(`:${Object.values(one)[0]}`))?.[1] ?? Object.values(one)[0],
  );
  const last = Date.parse(to) - 1;
  return `${what}${by ? `, by ${by.replace('metadata: ', '')}` : ''}, each ${interval.toLowerCase()} from ${time(from, 'short day')} to ${time(last, 'day')}.`;
}

function Choices({ question }: { question: Question }) {
  const { query } = address.value;
  const ranged = query.get('from') !== null || query.get('to') !== null;
  const days = range(query);
  return (
    <div class="chips">
      <ChoiceFilter name="meter" label="Meter" fallback="PARTICIPANT" options={meters} />
      {!ranged && <TextFilter name="month" label="Month" type="month" fallback={monthOf(query)} />}
      {ranged && <TextFilter name="from" label="From" type="date" fallback={days.from} />}
      {ranged && <TextFilter name="to" label="To" type="date" fallback={days.to} />}
      <button type="button" class="link" onClick={() => setQuery(ranged ? { from: null, to: null } : days)}>
        {ranged ? 'a month' : 'other days'}
      </button>
      <ChoiceFilter name="by" label="By" fallback="DAY" options={intervals} />
      <ChoiceFilter name="group" label="Group by" fallback="metadata:tenant" options={groupings(question.meter)} />
      {hasKinds(question.meter) && (
        <ChoiceFilter
          name="without"
          label="Without"
          fallback="machines"
          options={[
            ['machines', 'agents, recorders'],
            ['nobody', 'nobody'],
          ]}
        />
      )}
      <ChoiceFilter name="minutes" label="Minutes" fallback="CEIL_SESSION" options={roundings} />
      <span class="quiet">Zone {question.timeZone}</span>
    </div>
  );
}

function AsGraphql({ question }: { question: Question }) {
  const open = useSignal(false);
  const copied = useSignal(false);
  const text = asGraphql(question);
  const copy = (): void => void navigator.clipboard?.writeText(text).then(() => (copied.value = true));
  return (
    <span class="popover" onKeyDown={({ key }) => key === 'Escape' && (open.value = false)}>
      <button
        type="button"
        class="button"
        aria-expanded={open.value}
        onClick={() => ((open.value = !open.value), (copied.value = false))}
      >
        As GraphQL
      </button>
      {open.value && (
        <div class="card">
          <pre tabIndex={0} aria-label="The question as GraphQL">
            {text}
          </pre>
          <button type="button" class="button" onClick={copy}>
            {copied.value ? 'Copied' : 'Copy'}
          </button>
        </div>
      )}
    </span>
  );
}
