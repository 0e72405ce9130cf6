import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { Refused } from '../api/ask';

interface Download {
  /** Makes the address, which is good for a minute. */
  readonly link: () => Promise<string>;
  readonly primary?: boolean;
  readonly children: ComponentChildren;
}

export function Download({ link, primary = false, children }: Download) {
  const problem = useSignal('');
  const start = async (): Promise<void> => {
    problem.value = '';
    try {
      const anchor = Object.assign(document.createElement('a'), { href: await link(), download: '' });
      anchor.click();
    } catch (error) {
      problem.value = error instanceof Refused ? error.message : String(error);
    }
  };
  return (
    <>
      <button type="button" class={primary ? 'button primary' : 'button'} onClick={() => void start()}>
        {children}
      </button>
      {problem.value && (
        <span class="warn" role="alert">
          {problem}
        </span>
      )}
    </>
  );
}
