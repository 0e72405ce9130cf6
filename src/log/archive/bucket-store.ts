import { Readable } from 'node:stream';
import { DeleteObjectCommand, GetObjectCommand, NoSuchKey, S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import type { Archive } from '../../settings/archive.js';

type Bucket = Extract<Archive, { kind: 'bucket' }>;

/** An object appears once its last part is there. */
export class BucketStore {
  private readonly client: S3Client;

  constructor(private readonly place: Bucket) {
    const { region, endpoint, credentials } = place;
    // Servers other than AWS's know a bucket by its path.
    const elsewhere = endpoint === undefined ? {} : { endpoint, forcePathStyle: true };
    this.client = new S3Client({ region, ...elsewhere, ...(credentials && { credentials }) });
  }

  async write(name: string, content: AsyncIterable<Buffer>): Promise<void> {
    const { bucket: Bucket, prefix } = this.place;
    const Body = Readable.from(content, { objectMode: false });
    await new Upload({ client: this.client, params: { Bucket, Key: `${prefix}${name}`, Body }, queueSize: 2 }).done();
  }

  async read(name: string): Promise<AsyncIterable<Buffer> | null> {
    const { bucket: Bucket, prefix } = this.place;
    try {
      const { Body } = await this.client.send(new GetObjectCommand({ Bucket, Key: `${prefix}${name}` }));
      return Body as Readable;
    } catch (error) {
      if (error instanceof NoSuchKey) return null;
      throw error;
    }
  }

  async remove(name: string): Promise<void> {
    const { bucket: Bucket, prefix } = this.place;
    await this.client.send(new DeleteObjectCommand({ Bucket, Key: `${prefix}${name}` }));
  }

  placeOf(name: string): string {
    return `s3://${this.place.bucket}/${this.place.prefix}${name}`;
  }
}
