import { render } from 'preact';
import { App } from './app';
import { begin } from './session/session';
import './parts/theme';

// Relative ones would move with the address.
for (const link of document.querySelectorAll('link')) link.setAttribute('href', link.href);

void begin();
render(<App />, document.querySelector('#page')!);
