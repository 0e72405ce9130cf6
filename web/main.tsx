import { render } from 'preact';
import { App } from './app';
import { begin } from './session/session';
import './parts/theme';

void begin();
render(<App />, document.querySelector('#page')!);
