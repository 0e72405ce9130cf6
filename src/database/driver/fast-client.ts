import pg from 'pg';
import { connectionOf, type Message } from './pg-internals.js';
import { newRowParser } from './row-parser.js';

/** Reads rows without pg's parser, which takes a sixth more CPU on large results. */
export class FastClient extends pg.Client {
  constructor(config?: pg.ClientConfig) {
    super(config);
    const connection = connectionOf(this);
    const tell = (message: Message): void => {
      connection.emit(message.name === 'error' ? 'errorMessage' : message.name, message);
    };
    connection.attachListeners = (stream) => {
      const parser = newRowParser();
      stream.on('data', (chunk: Buffer) => parser.parse(chunk, tell));
    };
  }
}
