import { useSignal } from '@preact/signals';
import { address, setQuery } from '../address/address';
import { downloadLink } from '../api/ask';
import { useAnswer } from '../api/use-answer';
import { AskUsage } from '../generated/operations';
import { Download } from '../parts/download';
import { Empty, Problem, Skeleton } from '../parts/states';
import { time, today } from '../words/times';
import { zone } from '../words/zone';
import { Chart } from './chart';
import { Choices } from './choices';
import { asGraphql, exportPath, groupWords, meters, type Question, questionOf } from './question';
import { Sums } from './sums';

export function Usage() {
  const question = questionOf(address.value.query, { timeZone: zone.value, today: today() });
  const { data, error, again, loading } = useAnswer(AskUsage, question);
  return (
    <>
      <header class="head">
        <div>
          <h1 class="view">Usage</h1>
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
            onClick={() => setQuery({ month: null, from: null, to: null, without: null, tenant: null, room: null })}
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

function sentence(question: Question): string {
  const { meter, interval, from, to, filter } = question;
  const what =
    meter === 'PARTICIPANT'
      ? 'Connected time of people'
      : `Time of ${meters.find(([one]) => one === meter)![1].toLowerCase()}`;
  const where = [
    filter.roomMetadata && `tenant ${filter.roomMetadata.eq}`,
    filter.roomName && `room ${filter.roomName.eq}`,
  ];
  const by = groupWords(question);
  const parts = [what, ...where.filter(Boolean), ...(by ? [`by ${by}`] : [])].join(', ');
  return `${parts}, each ${interval.toLowerCase()} from ${time(from, 'short day')} to ${time(Date.parse(to) - 1, 'day')}.`;
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
          </button>{' '}
          <button type="button" class="button" onClick={() => (open.value = false)}>
            Close
          </button>
        </div>
      )}
    </span>
  );
}
