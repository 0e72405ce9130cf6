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
    <link rel="stylesheet" href="/graphiql/graphiql.css">
    <style>body { margin: 0 } #graphiql { height: 100vh }</style>
  </head>
  <body>
    <div id="graphiql"></div>
    <script src="/graphiql/react.js"></script>
    <script src="/graphiql/react-dom.js"></script>
    <script src="/graphiql/graphiql.js"></script>
    <script src="/graphiql/start.js"></script>
  </body>
</html>
`;

const example = `# Every question needs a token:
# npm run token prints one for the
# Headers below. Then fetch the schema
# again (round arrow on the left).
{
  rooms(first: 10) {
    nodes {
      name
      startedAt
      endedAt
      participantSessionCount
    }
  }
}
`;

/** Moves a token from `#token=` into the headers, and out of the address bar. */
export const start = `const token = new URLSearchParams(location.hash.slice(1)).get('token');
if (token) history.replaceState(null, '', location.pathname);
const headers = { Authorization: 'Bearer ' + (token ?? '') };
const element = React.createElement(GraphiQL, {
  fetcher: GraphiQL.createFetcher({ url: '/graphql' }),
  headers: JSON.stringify(headers, null, 2),
  defaultEditorToolsVisibility: 'headers',
  defaultQuery: ${JSON.stringify(example)},
});
ReactDOM.createRoot(document.getElementById('graphiql')).render(element);
`;
