import { type DynamicModule, Module } from '@nestjs/common';
import { AccessModule } from './access/access.module.js';
import { AnalyticsModule } from './analytics/analytics.module.js';
import { ExportModule } from './export/export.module.js';
import { ApiModule } from './graphql/api.module.js';
import { LiveModule } from './live/live.module.js';
import { MonitoringModule } from './monitoring/monitoring.module.js';
import { PageModule } from './page/page.module.js';
import type { Clock } from './settings/clock.js';
import type { Settings } from './settings/settings.js';
import { SettingsModule } from './settings/settings.module.js';
import { WebhookModule } from './webhook/webhook.module.js';

@Module({
  imports: [
    AccessModule,
    WebhookModule,
    ApiModule,
    LiveModule,
    PageModule,
    ExportModule,
    AnalyticsModule,
    MonitoringModule,
  ],
})
export class AppModule {
  static forRoot(settings: Settings, clock: Clock): DynamicModule {
    return { module: AppModule, imports: [SettingsModule.forRoot(settings, clock)] };
  }
}
