import { createHash, createHmac } from 'node:crypto';

/** Any token, also those that LiveKit never makes: made here without the library that checks them. */
export interface Forgery {
  readonly claims: object;
  readonly secret: string;
  readonly header?: object;
  readonly hash?: string;
}

export function forge({ claims, secret, header = { alg: 'HS256', typ: 'JWT' }, hash = 'sha256' }: Forgery): string {
  const input = `${part(header)}.${part(claims)}`;
  return `${input}.${createHmac(hash, secret).update(input).digest('base64url')}`;
}

export function unsigned(claims: object): string {
  return `${part({ alg: 'none', typ: 'JWT' })}.${part(claims)}.`;
}

export function sha256(body: string | Buffer): string {
  return createHash('sha256').update(body).digest('base64');
}

function part(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
