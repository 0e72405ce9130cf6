import { type Signal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { address, setQuery } from '../address/address';
import { Code } from './code';
import { Docs } from './docs';
import { history, remember } from './history';
import { answer, run, running, stop, took } from './run';
import { samples } from './samples';
import { learnSchema } from './schema';

type Drawer = 'Variables' | 'Headers' | 'History' | 'Docs';
const drawers: readonly Drawer[] = ['Variables', 'Headers', 'History', 'Docs'];

interface Asked {
  readonly text: Signal<string>;
  readonly variables: Signal<string>;
  readonly headers: Signal<string>;
}

export function Ide() {
  const sample = samples.find(({ name }) => name === address.value.query.get('sample')) ?? samples[0]!;
  const asked: Asked = { text: useSignal(sample.text), variables: useSignal(''), headers: useSignal('') };
  const drawer = useSignal<Drawer>('Docs');
  const docs = useSignal('Query');
  const showDocs = (type: string): void => void ([drawer.value, docs.value] = ['Docs', type]);
  useEffect(() => {
    const variables = sample.variables?.(Date.now());
    [asked.text.value, asked.variables.value] = [sample.text, variables ? JSON.stringify(variables, null, 2) : ''];
  }, [sample]);
  useEffect(() => {
    void learnSchema();
    return stop;
  }, []);
  const start = (): void => {
    const question = { text: asked.text.value, variables: asked.variables.value, headers: asked.headers.value };
    remember(question);
    void run(question);
  };
  return (
    <>
      <header class="head">
        <div>
          <h1 class="view">GraphQL</h1>
          <p>Ask the API yourself. Ctrl and Enter runs, Ctrl and Space completes; your token is sent with it.</p>
        </div>
        <Actions start={start} />
      </header>
      <Samples chosen={sample.name} />
      <div class="ide">
        <div class="card asked">
          <Code
            kind="graphql"
            label="Question"
            text={asked.text.value}
            changed={(text) => (asked.text.value = text)}
            run={start}
            showDocs={showDocs}
          />
          <Beside asked={asked} drawer={drawer} docs={docs} start={start} />
        </div>
        <div class="card answered">
          <Code kind="answer" label="Answer" text={answer.value} />
          <p class="quiet" role="status">
            {running.value && took.value === null ? 'asking…' : took}
          </p>
        </div>
      </div>
    </>
  );
}

interface Beside {
  readonly asked: Asked;
  readonly drawer: Signal<Drawer>;
  readonly docs: Signal<string>;
  readonly start: () => void;
}

function Beside({ asked, drawer, docs, start }: Beside) {
  const typed = { Variables: asked.variables, Headers: asked.headers };
  const shown = drawer.value;
  return (
    <>
      <Tabs drawer={drawer} />
      <section class="drawer" aria-label={shown}>
        {shown === 'Docs' && <Docs shown={docs} />}
        {shown === 'History' && <History asked={asked} />}
        {(shown === 'Variables' || shown === 'Headers') && (
          <Code
            key={shown}
            kind="json"
            label={shown}
            text={typed[shown].value}
            changed={(text) => (typed[shown].value = text)}
            run={start}
          />
        )}
      </section>
    </>
  );
}

function Actions({ start }: { start: () => void }) {
  const save = (): void => {
    const url = URL.createObjectURL(new Blob([answer.value], { type: 'application/json' }));
    Object.assign(document.createElement('a'), { href: url, download: 'answer.json' }).click();
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
  };
  return (
    <div class="actions">
      <button type="button" class="button" disabled={answer.value === ''} onClick={save}>
        Download answer
      </button>
      <button type="button" class="button primary" onClick={() => (running.value ? stop() : start())}>
        {running.value ? 'Stop' : 'Run'}
      </button>
    </div>
  );
}

function Samples({ chosen }: { chosen: string }) {
  return (
    <div class="chips samples" role="group" aria-label="Sample questions">
      {samples.map(({ name }) => (
        <button
          key={name}
          type="button"
          class="button"
          aria-pressed={name === chosen}
          onClick={() => setQuery({ sample: name })}
        >
          {name}
        </button>
      ))}
    </div>
  );
}

function Tabs({ drawer }: { drawer: Signal<Drawer> }) {
  return (
    <div class="tabs" role="group" aria-label="Beside the question">
      {drawers.map((name) => (
        <button
          key={name}
          type="button"
          class="link"
          aria-pressed={name === drawer.value}
          onClick={() => (drawer.value = name)}
        >
          {name}
        </button>
      ))}
    </div>
  );
}

function History({ asked }: { asked: Asked }) {
  if (history.value.length === 0) return <p class="quiet">What you run appears here.</p>;
  return (
    <ul class="history">
      {history.value.map((past, at) => (
        <li key={at}>
          <button
            type="button"
            class="link"
            onClick={() => ([asked.text.value, asked.variables.value] = [past.text, past.variables])}
          >
            {past.text.replace(/\s+/g, ' ').slice(0, 100)}
          </button>
        </li>
      ))}
    </ul>
  );
}
