import { join } from 'node:path';
import type { Archive } from './archive.js';
import type { OwnDatabase } from './own-databases.js';
import type { Settings } from './settings.js';

/** What each database needs to know, the shared one first. */
export function settingsOfLedgers(settings: Settings): readonly Settings[] {
  const { keys, ownDatabases } = settings;
  const own = Array.from(ownDatabases, ([project, database]) => ofOwn(settings, project, database));
  const isShared = own.length === 0 || [...keys.values()].some(({ project }) => !ownDatabases.has(project));
  return isShared ? [ofShared(settings), ...own] : own;
}

/** Of the database that has this project's events. */
export function settingsOfProject(settings: Settings, project: string): Settings {
  const ledgers = settingsOfLedgers(settings);
  const found = ledgers.find(({ databaseOf }) => databaseOf === project) ?? ledgers[0]!;
  if (found.databaseOf === project || found.databaseOf === null) return found;
  throw new Error(`No database is set for the project "${project}": DATABASE_URLS does not name it.`);
}

function ofShared(settings: Settings): Settings {
  return ofProjects(settings, (project) => !settings.ownDatabases.has(project));
}

function ofOwn(settings: Settings, project: string, { url, readUrls }: OwnDatabase): Settings {
  const { spoolDir, archive } = settings;
  return {
    ...ofProjects(settings, (one) => one === project),
    databaseOf: project,
    databaseUrl: url,
    databaseReadUrls: readUrls,
    spoolDir: spoolDir && join(spoolDir, 'projects', project),
    archive: archive && archiveOf(archive, project),
  };
}

function ofProjects(settings: Settings, has: (project: string) => boolean): Settings {
  return {
    ...settings,
    ownDatabases: new Map(),
    livekitAccounts: new Map([...settings.livekitAccounts].filter(([project]) => has(project))),
    livekitMetrics: settings.livekitMetrics.filter(([project]) => has(project)),
  };
}

/** Months of two databases have the same names. */
function archiveOf(archive: Archive, project: string): Archive {
  if (archive.kind === 'folder') return { ...archive, path: join(archive.path, 'projects', project) };
  return archive.kind === 'bucket' ? { ...archive, prefix: `${archive.prefix}projects/${project}/` } : archive;
}
