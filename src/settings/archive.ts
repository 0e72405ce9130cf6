import { Problem } from './values.js';

/** Where months of the log go before they are dropped. */
export type Archive =
  | { readonly kind: 'none' }
  | { readonly kind: 'folder'; readonly path: string }
  | {
      readonly kind: 'bucket';
      readonly bucket: string;
      readonly prefix: string;
      readonly region: string;
      readonly endpoint: string | undefined;
      /** Undefined: as the AWS SDK finds them. */
      readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined;
    };

export type ArchiveTexts = Readonly<Record<(typeof archiveNames)[number], string | undefined>>;

export const archiveNames = [
  'ARCHIVE',
  'ARCHIVE_DIR',
  'ARCHIVE_S3_BUCKET',
  'ARCHIVE_S3_PREFIX',
  'ARCHIVE_S3_REGION',
  'ARCHIVE_S3_ENDPOINT',
  'ARCHIVE_S3_ACCESS_KEY_ID',
  'ARCHIVE_S3_SECRET_ACCESS_KEY',
] as const;

/** Null: nothing is said. @throws Problem */
export function archiveOf(texts: ArchiveTexts): Archive | null {
  const { ARCHIVE: none, ARCHIVE_DIR: path, ARCHIVE_S3_BUCKET: bucket } = texts;
  if (none !== undefined && none !== 'none') throw new Problem('must be none, or be left out');
  if ([none, path, bucket].filter((text) => text !== undefined).length > 1) {
    throw new Problem('set to none, ARCHIVE_DIR and ARCHIVE_S3_BUCKET exclude each other');
  }
  if (path !== undefined) return { kind: 'folder', path };
  if (bucket !== undefined) return bucketOf(bucket, texts);
  return none === undefined ? null : { kind: 'none' };
}

function bucketOf(bucket: string, texts: ArchiveTexts): Archive {
  const [accessKeyId, secretAccessKey] = [texts.ARCHIVE_S3_ACCESS_KEY_ID, texts.ARCHIVE_S3_SECRET_ACCESS_KEY];
  if ((accessKeyId === undefined) !== (secretAccessKey === undefined)) {
    throw new Problem('needs ARCHIVE_S3_ACCESS_KEY_ID and ARCHIVE_S3_SECRET_ACCESS_KEY together');
  }
  const endpoint = texts.ARCHIVE_S3_ENDPOINT;
  const prefix = (texts.ARCHIVE_S3_PREFIX ?? '').replace(/^\/+|\/+$/g, '');
  if (endpoint !== undefined && !(URL.canParse(endpoint) && /^https?:$/.test(new URL(endpoint).protocol))) {
    throw new Problem('needs ARCHIVE_S3_ENDPOINT to be a URL such as https://minio.example.com');
  }
  return {
    kind: 'bucket',
    bucket,
    prefix: prefix === '' ? '' : `${prefix}/`,
    region: texts.ARCHIVE_S3_REGION ?? 'us-east-1',
    endpoint,
    credentials:
      accessKeyId !== undefined && secretAccessKey !== undefined ? { accessKeyId, secretAccessKey } : undefined,
  };
}
