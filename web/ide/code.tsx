import type { EditorView } from '@codemirror/view';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { type EditorOptions, openEditor } from './editor';

interface Code extends EditorOptions {
  readonly text: string;
}

export function Code({ text, ...options }: Code) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(undefined);
  const newest = useRef(options);
  newest.current = options;
  useLayoutEffect(() => {
    const told: EditorOptions = {
      kind: options.kind,
      label: options.label,
      changed: (typed) => newest.current.changed?.(typed),
      run: () => newest.current.run?.(),
      showDocs: (type) => newest.current.showDocs?.(type),
    };
    view.current = openEditor(host.current!, text, told);
    return () => view.current!.destroy();
  }, []);
  useLayoutEffect(() => {
    // At once: a later effect would put back what was there before the newest key.
    const { state } = view.current!;
    if (state.doc.toString() !== text)
      view.current!.dispatch({ changes: { from: 0, to: state.doc.length, insert: text } });
  }, [text]);
  return <div class={`code ${options.kind}`} ref={host} />;
}
