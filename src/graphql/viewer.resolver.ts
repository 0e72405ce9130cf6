import { readFileSync } from 'node:fs';
import { Query, Resolver } from '@nestjs/graphql';
import { type ApiContext, type Ask, Asked } from './api-context.js';

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

@Resolver()
export class ViewerResolver {
  @Query()
  viewer(@Asked() { reading, expiresAt }: Ask): object {
    const { project, roomName: room } = reading.scope;
    return { project, room, expiresAt: new Date(expiresAt!).toISOString(), version };
  }
}

export const viewerType = {
  lagSeconds: (_viewer: object, _args: object, { reading }: ApiContext) => reading.lag,
};
