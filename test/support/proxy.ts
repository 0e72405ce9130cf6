import { connect, createServer, type Server, type Socket } from 'node:net';

/** A way to a database that can be cut and mended. */
export class Proxy {
  private readonly sockets = new Set<Socket>();
  private port = 0;
  private server: Server | null = null;
  private stalled = false;
  private silenced: ReadonlySet<Socket> = new Set();

  /** @param answered changes what the server answers */
  constructor(
    private readonly target: URL,
    private readonly answered: (bytes: Buffer) => Buffer = (bytes) => bytes,
  ) {}

  get url(): string {
    return Object.assign(new URL(this.target), { hostname: '127.0.0.1', port: String(this.port) }).href;
  }

  /** Connections are accepted and passed on. */
  async open(): Promise<this> {
    this.stalled = false;
    this.server = createServer((socket) => this.pass(socket));
    await new Promise<void>((resolve) => this.server!.listen(this.port, '127.0.0.1', resolve));
    this.port = (this.server.address() as { port: number }).port;
    return this;
  }

  /** Connections are broken off, and new ones refused. */
  async cut(): Promise<void> {
    const closed = new Promise((resolve) => this.server!.close(resolve));
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  /** Connections stand, but nothing comes through any more. */
  stall(): void {
    this.stalled = true;
  }

  /** The same of those that stand now; what is connected anew comes through. */
  silence(): void {
    this.silenced = new Set(this.sockets);
  }

  private pass(client: Socket): void {
    const server = connect(Number(this.target.port), this.target.hostname);
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      this.sockets.add(from);
      from.on('data', (bytes) => {
        if (!this.stalled && !this.silenced.has(from)) to.write(from === server ? this.answered(bytes) : bytes);
      });
      from.on('error', () => to.destroy());
      from.on('close', () => {
        this.sockets.delete(from);
        to.destroy();
      });
    }
  }
}
