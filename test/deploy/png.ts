import { inflateSync } from 'node:zlib';

/** A PNG of 8 bits a channel, as it is drawn: width, height, and one entry for each pixel. */
export interface Pixels {
  width: number;
  height: number;
  /** `ffffff` */
  rgb: string[];
  /** 0 is nothing, 255 is solid. */
  alpha: number[];
}

const signature = Buffer.from('89504e470d0a1a0a', 'hex');

/** @throws Error when it is no PNG, or one of another kind */
export function pixels(file: Uint8Array): Pixels {
  const bytes = Buffer.from(file);
  if (!bytes.subarray(0, 8).equals(signature)) throw new Error('this is no PNG');
  const data: Buffer[] = [];
  for (let at = 8; at < bytes.length; at += 12 + bytes.readUInt32BE(at)) {
    const type = bytes.toString('latin1', at + 4, at + 8);
    if (type === 'IDAT') data.push(bytes.subarray(at + 8, at + 8 + bytes.readUInt32BE(at)));
  }
  const [width, height, depth, color] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20), bytes[24], bytes[25]];
  const channels = color === 6 ? 4 : 3;
  if (depth !== 8 || (color !== 6 && color !== 2))
    throw new Error(`depth ${depth}, color type ${color} is not read here`);
  const plain = unfiltered(inflateSync(Buffer.concat(data)), height, width * channels, channels);
  const starts = Array.from({ length: width * height }, (_, n) => n * channels);
  return {
    width,
    height,
    rgb: starts.map((start) => plain.toString('hex', start, start + 3)),
    alpha: starts.map((start) => (channels === 4 ? plain[start + 3]! : 255)),
  };
}

/** Each line was stored as its difference to what is left of it and above. Source: PNG specification, section 9. */
function unfiltered(stored: Buffer, height: number, lineLength: number, step: number): Buffer {
  const plain = Buffer.alloc(height * lineLength);
  for (let n = 0; n < plain.length; n += 1) {
    const [line, column] = [Math.floor(n / lineLength), n % lineLength];
    const filter = stored[line * (lineLength + 1)]!;
    const left = column >= step ? plain[n - step]! : 0;
    const above = line > 0 ? plain[n - lineLength]! : 0;
    const corner = line > 0 && column >= step ? plain[n - lineLength - step]! : 0;
    const guess = [0, left, above, (left + above) >> 1, paeth(left, above, corner)][filter]!;
    plain[n] = stored[line * (lineLength + 1) + 1 + column]! + guess;
  }
  return plain;
}

function paeth(left: number, above: number, corner: number): number {
  const guess = left + above - corner;
  const [toLeft, toAbove, toCorner] = [left, above, corner].map((one) => Math.abs(guess - one)) as [
    number,
    number,
    number,
  ];
  if (toLeft <= toAbove && toLeft <= toCorner) return left;
  return toAbove <= toCorner ? above : corner;
}
