import { createServer } from 'node:http';
import { grafserv } from 'grafserv/node';
import { postgraphile } from 'postgraphile';
import { makePgService } from 'postgraphile/adaptors/pg';
import { PostGraphileAmberPreset } from 'postgraphile/presets/amber';
import { jsonPgSmartTags } from 'postgraphile/utils';
import { PostGraphileConnectionFilterPreset } from 'postgraphile-plugin-connection-filter';

const ofRoom = (field: string): string => `(room_sid) references room (sid)|@fieldName room|@foreignFieldName ${field}`;

// The tables have no foreign keys: events come in any order.
const relations = jsonPgSmartTags({
  version: 1,
  config: {
    class: {
      room: { tags: { unique: 'sid' } },
      participant: { tags: { unique: 'sid', foreignKey: ofRoom('participants') } },
      track: { tags: { unique: 'sid', foreignKey: ofRoom('tracks') } },
      egress: { tags: { unique: 'egress_id', foreignKey: ofRoom('egresses') } },
    },
  },
});

const served = postgraphile({
  extends: [PostGraphileAmberPreset, PostGraphileConnectionFilterPreset],
  plugins: [relations],
  // Orders and conditions by columns that are not the first of an index.
  disablePlugins: ['PgIndexBehaviorsPlugin'],
  pgServices: [
    makePgService({ connectionString: process.env['DATABASE_URL']!, schemas: ['public'], poolConfig: { max: 10 } }),
  ],
  grafserv: { graphqlPath: '/graphql', graphiql: false, watch: false },
});

const server = createServer();
await served.createServ(grafserv).addTo(server);
server.listen(Number(process.env['PORT']), '127.0.0.1');
