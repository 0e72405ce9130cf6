import { newParser, type Packet, type Parser } from './pg-internals.js';

const DATA_ROW = 'D'.charCodeAt(0);

/** pg's protocol parser, except for data rows. */
export function newRowParser(): Parser {
  const parser = newParser();
  const handlePacket = parser.handlePacket.bind(parser);
  parser.handlePacket = (...packet: Packet) => {
    const [offset, code, length, bytes] = packet;
    if (code !== DATA_ROW) return handlePacket(...packet);
    return { name: 'dataRow', length, fields: cellsOf(bytes, offset, offset + length - INT32) };
  };
  return parser;
}

const INT16 = 2;
const INT32 = 4;
/** In bytes. A longer row is mostly one or two texts, and a slice of it would keep the whole string in memory. */
const SHORT = 4096;

/** Decoding costs per call, not per byte: short rows are decoded at once, and sliced where they are ASCII. */
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
