import { type DynamicModule, Module } from '@nestjs/common';
import { Clock } from './settings/clock.js';
import { DatabaseModule } from './database/database.module.js';
import { ExportModule } from './export/export.module.js';
import { GraphiqlModule } from './graphiql/graphiql.module.js';
import { GraphqlModule } from './graphql/api.module.js';
import { HealthModule } from './health/health.module.js';
import { IntakeModule } from './intake/intake.module.js';
import { TokenModule } from './access/token.module.js';
import { MetricsModule } from './metrics/metrics.module.js';
import { Settings } from './settings/settings.js';
import { WebhookModule } from './webhook/webhook.module.js';

@Module({})
class SurroundingsModule {
  static with(settings: Settings, clock: Clock): DynamicModule {
    const providers = [
      { provide: Settings, useValue: settings },
      { provide: Clock, useValue: clock },
    ];
    return { module: SurroundingsModule, global: true, providers, exports: [Settings, Clock] };
  }
}

@Module({
  imports: [
    DatabaseModule,
    TokenModule,
    IntakeModule,
    MetricsModule,
    WebhookModule,
    GraphqlModule,
    GraphiqlModule,
    ExportModule,
    HealthModule,
  ],
})
export class AppModule {
  static with(settings: Settings, clock: Clock): DynamicModule {
    return { module: AppModule, imports: [SurroundingsModule.with(settings, clock)] };
  }
}
