import { Problem } from './values.js';

/** What a URL may say after its `?`. Others would be ignored without a word, or take settings that the service needs. */
const read = new Set([
  'schema',
  'options',
  'host',
  'port',
  'user',
  'password',
  'application_name',
  'connect_timeout',
  'sslmode',
  'sslcert',
  'sslkey',
  'sslrootcert',
]);
const sslModes = new Set(['disable', 'prefer', 'require', 'verify-ca', 'verify-full']);

/** A refusal does not repeat the text, which may contain a password. */
export function databaseUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !['postgres:', 'postgresql:'].includes(url.protocol)) {
    throw new Problem('must be a URL such as postgresql://user:password@host:5432/name');
  }
  const unread = [...url.searchParams.keys()].filter((name) => !read.has(name));
  if (unread.length > 0) {
    throw new Problem(
      `must not hold ${unread.join(', ')}, which this service does not read; it reads ${[...read].join(', ')}`,
    );
  }
  refuseValues(url.searchParams);
  return text;
}

function refuseValues(parameters: URLSearchParams): void {
  const mode = parameters.get('sslmode');
  if (mode !== null && !sslModes.has(mode)) throw new Problem(`must hold one of sslmode=${[...sslModes].join(', ')}`);
  if (mode === 'verify-ca' && !parameters.has('sslrootcert')) {
    throw new Problem('must hold sslrootcert, the file of the certificate authority, for sslmode=verify-ca');
  }
  if (!/^\d{1,4}$/.test(parameters.get('connect_timeout') ?? '0')) {
    throw new Problem('must hold connect_timeout in whole seconds');
  }
  if (!/^[^"\\]{1,63}$/.test(parameters.get('schema') ?? 'public')) {
    throw new Problem('must name a schema after schema=, without quotes');
  }
}
