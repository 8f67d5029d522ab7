// Where a photo was taken, read on the phone before the photo is shrunk. Exif 2.32, JPEG only: what phones write.

import type { Position } from "./geo";

const EXIF = 0x45786966;
const GPS_IFD = 0x8825;

/** The place in a JPEG's metadata, or null. 0,0 and numbers out of range are a camera without a fix. */
export function placeIn(bytes: ArrayBuffer): Position | null {
  try {
    return readJpeg(new DataView(bytes));
  } catch {
    return null; // broken metadata say nothing
  }
}

function readJpeg(view: DataView): Position | null {
  if (view.getUint16(0) !== 0xffd8) return null;
  for (let at = 2; at + 10 < view.byteLength; ) {
    const marker = view.getUint16(at);
    if (marker === 0xffe1 && view.getUint32(at + 4) === EXIF) return readTiff(view, at + 10);
    if ((marker & 0xff00) !== 0xff00 || marker === 0xffda) return null;
    at += 2 + view.getUint16(at + 2);
  }
  return null;
}

function readTiff(view: DataView, start: number): Position | null {
  const little = view.getUint16(start) === 0x4949;
  const short = (at: number): number => view.getUint16(at, little);
  const long = (at: number): number => view.getUint32(at, little);
  const entries = (ifd: number): Map<number, number> =>
    new Map(Array.from({ length: short(ifd) }, (_none, n) => [short(ifd + 2 + n * 12), ifd + 2 + n * 12]));

  const pointer = entries(start + long(start + 4)).get(GPS_IFD);
  if (pointer === undefined) return null;
  const gps = entries(start + long(pointer + 8));
  const degrees = (tag: number, hemisphere: number): number => {
    const [letter, value] = [gps.get(hemisphere), gps.get(tag)];
    if (letter === undefined || value === undefined) return NaN;
    const at = start + long(value + 8);
    const [d, m, s] = [0, 8, 16].map((part) => long(at + part) / (long(at + part + 4) || NaN));
    const sign = "SW".includes(String.fromCharCode(view.getUint8(letter + 8))) ? -1 : 1;
    return sign * ((d ?? NaN) + (m ?? 0) / 60 + (Number.isNaN(s) ? 0 : (s ?? 0) / 3600));
  };
  const [lat, lon] = [degrees(2, 1), degrees(4, 3)];
  const real = Math.abs(lat) <= 90 && Math.abs(lon) <= 180 && (lat !== 0 || lon !== 0);
  return real ? [lon, lat] : null;
}
