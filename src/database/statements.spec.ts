import { expect, it } from 'vitest';
import { statementsOf } from './statements.js';

it.each([
  ['select 1', ['select 1']],
  ["-- one; two\nselect ';', 'it''s;';\n\n-- three\nselect 2;\n", ["select ';', 'it''s;'", 'select 2']],
  [
    'create function f() as $$ begin; end; $$; select 1 - 1',
    ['create function f() as $$ begin; end; $$', 'select 1 - 1'],
  ],
  ['do $a$ $$;$$ $a$; select $1, "a;b"', ['do $a$ $$;$$ $a$', 'select $1, "a;b"']],
  [' ;; -- nothing', []],
])('%j is %j', (script, statements) => {
  expect(statementsOf(script)).toEqual(statements);
});
