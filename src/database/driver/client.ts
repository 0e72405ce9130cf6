import type { Duplex } from 'node:stream';
import pg from 'pg';
import { Parser } from 'pg-protocol/dist/parser.js';

interface Message {
  readonly name: string;
  readonly fields?: readonly (string | null)[];
}

/** `length` counts itself, but not the code before it; `offset` is behind both. */
type Packet = [offset: number, code: number, length: number, bytes: Buffer];

/** What is used here of pg's parser, and of its connection, whose types tell less. */
interface OwnParser {
  parse(chunk: Buffer, heard: (message: Message) => void): void;
  handlePacket(...packet: Packet): Message;
}

interface OwnConnection {
  attachListeners: (stream: Duplex) => void;
  emit(event: string, message: Message): void;
}

const OwnParser = Parser as unknown as new () => OwnParser;

/** A client that reads rows in its own way: with pg's, queries take a tenth to a fifth more of Node. */
export class Client extends pg.Client {
  constructor(config?: pg.ClientConfig) {
    super(config);
    const connection = this.connection as unknown as OwnConnection;
    const tell = (message: Message): void => {
      connection.emit(message.name === 'error' ? 'errorMessage' : message.name, message);
    };
    connection.attachListeners = (stream) => {
      const parser = new RowParser();
      stream.on('data', (chunk: Buffer) => parser.parse(chunk, tell));
    };
  }
}

const DATA_ROW = 'D'.charCodeAt(0);

class RowParser extends OwnParser {
  override handlePacket(...packet: Packet): Message {
    const [offset, code, length, bytes] = packet;
    if (code !== DATA_ROW) return super.handlePacket(...packet);
    return { name: 'dataRow', fields: cellsOf(bytes, offset, offset + length - INT32) };
  }
}

const INT16 = 2;
const INT32 = 4;
/** In bytes. Of longer rows most is a text or two, and whoever keeps a piece keeps the whole. */
const SHORT = 4096;

/** The texts of a row. Decoding costs by the call, not the byte: short rows are decoded whole, and cut where ASCII. */
function cellsOf(bytes: Buffer, from: number, to: number): (string | null)[] {
  const cells: (string | null)[] = [];
  const whole = to - from <= SHORT ? bytes.toString('latin1', from, to) : null;
  let at = from + INT16;
  for (let left = bytes.readInt16BE(from); left > 0; left--) {
    const size = bytes.readInt32BE(at);
    at += INT32;
    const end = at + Math.max(size, 0);
    if (size < 0) cells.push(null);
    else if (whole !== null && isAscii(bytes, at, end)) cells.push(whole.substring(at - from, end - from));
    else cells.push(bytes.toString('utf8', at, end));
    at = end;
  }
  return cells;
}

function isAscii(bytes: Buffer, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (bytes[at]! > 127) return false;
  return true;
}
