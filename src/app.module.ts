import { type DynamicModule, Module } from '@nestjs/common';
import { AccessModule } from './access/access.module.js';
import { AnalyticsModule } from './analytics/analytics.module.js';
import { DatabaseModule } from './database/database.module.js';
import { ExportModule } from './export/export.module.js';
import { ApiModule } from './graphql/api.module.js';
import { HealthModule } from './health/health.module.js';
import { IntakeModule } from './intake/intake.module.js';
import { LiveModule } from './live/live.module.js';
import { LogModule } from './log/log.module.js';
import { MeterModule } from './meter/meter.module.js';
import { MetricsModule } from './metrics/metrics.module.js';
import { RebuildModule } from './rebuild/rebuild.module.js';
import { PageModule } from './page/page.module.js';
import type { Clock } from './settings/clock.js';
import type { Settings } from './settings/settings.js';
import { SettingsModule } from './settings/settings.module.js';
import { ReconcileModule } from './reconcile/reconcile.module.js';
import { WebhookModule } from './webhook/webhook.module.js';

@Module({
  imports: [
    DatabaseModule,
    LogModule,
    AccessModule,
    IntakeModule,
    MeterModule,
    RebuildModule,
    ReconcileModule,
    MetricsModule,
    WebhookModule,
    ApiModule,
    LiveModule,
    PageModule,
    ExportModule,
    AnalyticsModule,
    HealthModule,
  ],
})
export class AppModule {
  static forRoot(settings: Settings, clock: Clock): DynamicModule {
    return { module: AppModule, imports: [SettingsModule.forRoot(settings, clock)] };
  }
}
