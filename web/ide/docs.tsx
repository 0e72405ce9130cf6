import type { Signal } from '@preact/signals';
import {
  getNamedType,
  type GraphQLField,
  type GraphQLInputField,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
} from 'graphql';
import { Skeleton } from '../parts/states';
import { hidden, learnSchema, schema } from './schema';

/** `shown` is the name of a type, or what its name or a field's name contains. */
export function Docs({ shown }: { shown: Signal<string> }) {
  const type = schema.value?.getType(shown.value);
  const entries = ['Query', 'Subscription'];
  if (schema.value === null) return <Unknown />;
  return (
    <div class="docs">
      <p>
        {entries.map((name) => (
          <button key={name} type="button" class="link" onClick={() => (shown.value = name)}>
            {name}
          </button>
        ))}
        <input
          type="search"
          class="field"
          aria-label="Search types and fields"
          placeholder="Search types and fields"
          value={type ? '' : shown.value}
          onInput={(event) => (shown.value = event.currentTarget.value || 'Query')}
        />
      </p>
      {type ? <TypeDocs name={type.name} shown={shown} /> : <Found shown={shown} />}
    </div>
  );
}

function Unknown() {
  if (hidden.value === null) return <Skeleton rows={6} height={32} />;
  return (
    <div class="docs">
      <p>
        This service does not tell its schema, so there is no completion here and no description of fields.{' '}
        <button type="button" class="link" onClick={() => void learnSchema()}>
          Ask again
        </button>
      </p>
      <p class="quiet">
        {hidden.value.message} <code>{hidden.value.code}</code>
      </p>
    </div>
  );
}

function Found({ shown }: { shown: Signal<string> }) {
  const text = shown.value.toLowerCase();
  const types = Object.values(schema.value!.getTypeMap()).filter(({ name }) => !name.startsWith('__'));
  const found = types.flatMap((type) => {
    const fields = isObjectType(type) || isInputObjectType(type) ? Object.keys(type.getFields()) : [];
    const names = fields.filter((field) => field.toLowerCase().includes(text)).map((field) => `${type.name}.${field}`);
    return type.name.toLowerCase().includes(text) ? [type.name, ...names] : names;
  });
  return (
    <ul>
      {found.slice(0, 60).map((name) => (
        <li key={name}>
          <button type="button" class="link" onClick={() => (shown.value = name.split('.')[0]!)}>
            {name}
          </button>
        </li>
      ))}
      {found.length === 0 && <li>Nothing has this name.</li>}
    </ul>
  );
}

function TypeDocs({ name, shown }: { name: string; shown: Signal<string> }) {
  const type = schema.value!.getType(name)!;
  const fields =
    isObjectType(type) || isInterfaceType(type) || isInputObjectType(type) ? Object.values(type.getFields()) : [];
  return (
    <>
      <h3>{name}</h3>
      {type.description && <Prose text={type.description} />}
      <ul>
        {(fields as (GraphQLField<unknown, unknown> | GraphQLInputField)[]).map((field) => (
          <li key={field.name}>
            <code>{field.name}</code>
            {'args' in field && field.args.length > 0 && (
              <span class="quiet">
                (
                {field.args.map((argument, at) => (
                  <span key={argument.name}>
                    {at > 0 && ', '}
                    {argument.name}: <TypeLink type={argument.type} shown={shown} />
                  </span>
                ))}
                )
              </span>
            )}
            : <TypeLink type={field.type} shown={shown} />
            {field.description && <Prose text={field.description} />}
          </li>
        ))}
        {isEnumType(type) &&
          type.getValues().map((value) => (
            <li key={value.name}>
              <code>{value.name}</code> {value.description && <Prose text={value.description} />}
            </li>
          ))}
      </ul>
    </>
  );
}

function TypeLink({ type, shown }: { type: Parameters<typeof getNamedType>[0]; shown: Signal<string> }) {
  const { name } = getNamedType(type)!;
  return (
    <button type="button" class="link" onClick={() => (shown.value = name)}>
      {String(type)}
    </button>
  );
}

/** Between backticks stands code. */
function Prose({ text }: { text: string }) {
  return <p class="quiet">{text.split('`').map((part, at) => (at % 2 === 0 ? part : <code key={at}>{part}</code>))}</p>;
}
