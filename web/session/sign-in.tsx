import { useSignal } from '@preact/signals';
import { held, isOver, offered, readToken, signIn, state } from './session';

export function SignIn() {
  const problem = useSignal('');
  const submit = (event: Event): void => {
    event.preventDefault();
    const given = readToken(new FormData(event.target as HTMLFormElement).get('token') as string);
    if (given === null) problem.value = 'This is neither a token nor a link with one.';
    else if (isOver(given)) problem.value = 'This token has expired.';
    else signIn(given);
  };
  const expired = state.value === 'expired';
  return (
    <main class="sign-in">
      <form class="card" onSubmit={submit}>
        <p class="brand">
          <span class="mark" aria-hidden="true" /> Roomledger
        </p>
        <h1>{expired ? 'Your token is no longer valid' : 'Sign in'}</h1>
        <p>
          Run <code>npm run token</code> where the service runs, and open the link that it prints, or paste the link or
          the token here.
          {expired && ' You come back to where you were.'}
        </p>
        <label for="token">Link or token</label>
        <input id="token" name="token" type="password" autocomplete="off" required aria-describedby="token-problem" />
        <p id="token-problem" class="warn" role="alert">
          {problem}
        </p>
        <button class="button primary">Sign in</button>
      </form>
    </main>
  );
}

/** Nobody's link takes the place of who is signed in. */
export function OtherToken() {
  const other = offered.value;
  if (other === null) return null;
  const what = (room: string | null): string => (room === null ? 'a whole project' : `the room ${room}`);
  return (
    <div class="offer" role="alertdialog" aria-labelledby="offer-words">
      <p id="offer-words">
        The link holds another token, for {what(other.room)}. You are signed in for {what(held.value?.room ?? null)}.
      </p>
      <button type="button" class="button primary" onClick={() => signIn(other)}>
        Use the new one
      </button>
      <button type="button" class="button" onClick={() => (offered.value = null)}>
        Stay signed in
      </button>
    </div>
  );
}
