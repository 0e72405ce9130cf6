/** The page runs only what this service serves and talks to nobody else. */
export const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  'font-src data:',
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

export const page = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>Roomledger</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="graphiql/graphiql.css">
    <style>body { margin: 0 } #graphiql { height: 100vh }</style>
  </head>
  <body>
    <div id="graphiql"></div>
    <script src="graphiql/react.js"></script>
    <script src="graphiql/react-dom.js"></script>
    <script src="graphiql/graphiql.js"></script>
    <script src="graphiql/start.js"></script>
  </body>
</html>
`;

const example = `# Every question needs a token:
# npm run token prints one for the
# Headers below. The docs come with it.
#
# A page has 50 rows unless first says
# otherwise, 200 at most; pageInfo says
# whether there are more.
{
  rooms(first: 10) {
    totalCount {
      value
    }
    pageInfo {
      hasNextPage
      endCursor
    }
    nodes {
      name
      startedAt
      endedAt
      participantSessionCount
    }
  }
}
`;

/**
 * Moves a token from `#token=` out of the address bar, and keeps it for the tab. Each new fetcher makes GraphiQL load
 * the schema, so one is made for each new token.
 */
export const start = `const given = new URLSearchParams(location.hash.slice(1)).get('token');
if (given) {
  history.replaceState(null, '', location.pathname);
  sessionStorage.setItem('token', given);
}
const root = ReactDOM.createRoot(document.getElementById('graphiql'));
const kept = () => sessionStorage.getItem('token') ?? '';
const headers = JSON.stringify({ Authorization: 'Bearer ' + kept() }, null, 2);
const tokenIn = (text) => {
  try {
    const [, token] = /^Bearer\\s+([^.]+\\.[^.]+\\.[^.]+)$/.exec(JSON.parse(text).Authorization) ?? [];
    return token ?? null;
  } catch {
    return null;
  }
};
const url = new URL('graphql', location.href).href;
const subscriptionUrl = url.replace(/^http/, 'ws');
const show = () => root.render(React.createElement(GraphiQL, {
  fetcher: GraphiQL.createFetcher({ url, subscriptionUrl, headers: { Authorization: 'Bearer ' + kept() } }),
  headers,
  onEditHeaders: (text) => {
    const token = tokenIn(text);
    if (token === null || token === kept()) return;
    sessionStorage.setItem('token', token);
    show();
  },
  defaultEditorToolsVisibility: 'headers',
  defaultQuery: ${JSON.stringify(example)},
}));
show();
`;
