import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { json } from '@codemirror/lang-json';
import { EditorState, type Extension, Prec } from '@codemirror/state';
import { EditorView, keymap, placeholder, ViewPlugin } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { basicSetup } from 'codemirror';
import { graphql, updateSchema } from 'cm6-graphql';
import { schema } from './schema';

export interface EditorOptions {
  readonly kind: 'graphql' | 'json' | 'answer';
  readonly label: string;
  readonly changed?: (text: string) => void;
  readonly run?: () => void;
  readonly showDocs?: (type: string) => void;
}

const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword], color: 'var(--phone)' },
  { tag: [tags.propertyName, tags.attributeName], color: 'var(--accent)' },
  { tag: [tags.string], color: 'var(--good)' },
  { tag: [tags.number, tags.bool, tags.null, tags.atom], color: 'var(--doubt)' },
  { tag: [tags.comment], color: 'var(--ink-3)' },
]);

const look = EditorView.theme({
  '&': { height: '100%', fontSize: '12.5px', background: 'var(--surface)', color: 'var(--ink)' },
  '.cm-scroller': { fontFamily: "ui-monospace, SFMono-Regular, Menlo, 'DejaVu Sans Mono', monospace" },
  '.cm-gutters': { background: 'var(--surface)', color: 'var(--ink-3)', borderRight: '1px solid var(--line)' },
  '.cm-activeLine, .cm-activeLineGutter': { background: 'color-mix(in srgb, var(--soft) 60%, transparent)' },
  '.cm-lintRange': { backgroundImage: 'none !important', textDecoration: 'underline wavy var(--egress)' },
  '.cm-placeholder': { color: 'var(--ink-3)' },
  '.cm-cursor': { borderLeftColor: 'var(--ink)' },
  '&.cm-focused .cm-selectionBackground, .cm-selectionBackground': { background: 'var(--accent-soft) !important' },
  '.cm-tooltip': { background: 'var(--surface)', color: 'var(--ink)', border: '1px solid var(--line)' },
  '.cm-tooltip-autocomplete > ul > li[aria-selected]': { background: 'var(--accent)', color: 'var(--on-accent)' },
});

/** In a shadow root, whose styles are sheets made by script: the policy allows no style element. */
export function openEditor(host: HTMLElement, text: string, options: EditorOptions): EditorView {
  const root = host.shadowRoot ?? host.attachShadow({ mode: 'open' });
  const state = EditorState.create({ doc: text, extensions: extensionsOf(options) });
  return new EditorView({ state, parent: root, root });
}

function extensionsOf({ kind, label, changed, run, showDocs }: EditorOptions): Extension[] {
  const runs = Prec.highest(keymap.of([{ key: 'Mod-Enter', run: () => (run?.(), true) }]));
  const tells = EditorView.updateListener.of(({ docChanged, state }) => docChanged && changed?.(state.doc.toString()));
  const language = kind === 'graphql' ? graphqlOf(showDocs) : [json()];
  const readOnly = kind === 'answer' ? [EditorState.readOnly.of(true), placeholder('Run shows the answer here.')] : [];
  const attributes = EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' });
  return [
    runs,
    basicSetup,
    EditorView.lineWrapping,
    ...language,
    ...readOnly,
    syntaxHighlighting(colours),
    look,
    attributes,
    tells,
  ];
}

/** Completion and problems from when it is known. */
const followsSchema = ViewPlugin.define((view) => {
  const end = schema.subscribe((known) => known && queueMicrotask(() => updateSchema(view, known)));
  return { destroy: end };
});

function graphqlOf(showDocs?: (type: string) => void): Extension[] {
  const onShowInDocs = (_field?: string, type?: string, parent?: string): void => showDocs?.(parent ?? type ?? 'Query');
  return [graphql(undefined, { onShowInDocs }), followsSchema];
}
