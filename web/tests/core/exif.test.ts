import { describe, expect, it } from "vitest";
import { placeIn } from "../../src/core/exif";

type Rational = readonly [number, number];
interface Gps {
  readonly lat: readonly [Rational, Rational, Rational];
  readonly latRef: string;
  readonly lon: readonly [Rational, Rational, Rational];
  readonly lonRef: string;
}

const whole = (d: number, m: number, s: number): [Rational, Rational, Rational] => [[d, 1], [m, 1], [Math.round(s * 100), 100]];
const SERRES: Gps = { lat: whole(41, 5, 8.16), latRef: "N", lon: whole(23, 32, 54.24), lonRef: "E" };

/** A JPEG's beginning as a camera writes it, byte by byte; `before` are segments in front of the EXIF. */
function jpeg(gps: Gps | null, { little = true, before = [] as number[] } = {}): ArrayBuffer {
  const tiff = new DataView(new ArrayBuffer(300));
  const short = (at: number, value: number): void => tiff.setUint16(at, value, little);
  const long = (at: number, value: number): void => tiff.setUint32(at, value, little);
  const entry = (at: number, tag: number, type: number, count: number, value: number): void => {
    short(at, tag);
    short(at + 2, type);
    long(at + 4, count);
    long(at + 8, value);
  };
  tiff.setUint16(0, little ? 0x4949 : 0x4d4d);
  short(2, 42);
  long(4, 8);
  short(8, gps ? 2 : 1);
  entry(10, 0x0112, 3, 1, 6);
  if (gps) {
    entry(22, 0x8825, 4, 1, 40);
    short(40, 4);
    const letter = (at: number, tag: number, said: string): void => {
      entry(at, tag, 2, 2, 0);
      tiff.setUint8(at + 8, said.charCodeAt(0));
    };
    letter(42, 1, gps.latRef);
    entry(54, 2, 5, 3, 100);
    letter(66, 3, gps.lonRef);
    entry(78, 4, 5, 3, 130);
    for (const [start, parts] of [[100, gps.lat], [130, gps.lon]] as const) {
      parts.forEach(([top, bottom], n) => {
        long(start + n * 8, top);
        long(start + n * 8 + 4, bottom);
      });
    }
  }
  const body = [..."Exif\0\0"].map((letter) => letter.charCodeAt(0)).concat([...new Uint8Array(tiff.buffer)]);
  const length = body.length + 2;
  return new Uint8Array([0xff, 0xd8, ...before, 0xff, 0xe1, length >> 8, length & 255, ...body, 0xff, 0xda]).buffer;
}

const metres = (place: readonly [number, number] | null): number =>
  place ? Math.hypot((place[0] - 23.5484) * 83_700, (place[1] - 41.0856) * 111_200) : Infinity;

describe("where a photo was taken", () => {
  it("is read in both orders of bytes", () => {
    expect(metres(placeIn(jpeg(SERRES)))).toBeLessThan(1);
    expect(metres(placeIn(jpeg(SERRES, { little: false })))).toBeLessThan(1);
  });

  it("is read behind other segments", () => {
    const jfif = [0xff, 0xe0, 0, 16, ...new Array<number>(14).fill(0)];
    const other = [0xff, 0xe1, 0, 20, ...new Array<number>(18).fill(65)];
    expect(metres(placeIn(jpeg(SERRES, { before: [...jfif, ...other] })))).toBeLessThan(1);
  });

  it("knows south and west", () => {
    const place = placeIn(jpeg({ ...SERRES, latRef: "S", lonRef: "W" }));
    expect(place?.map(Math.sign)).toEqual([-1, -1]);
  });

  it("is read from phones that write minutes with decimals and no seconds", () => {
    const loose: Gps = { ...SERRES, lat: [[41, 1], [5136, 1000], [0, 1]], lon: [[23, 1], [32904, 1000], [0, 0]] };
    expect(metres(placeIn(jpeg(loose)))).toBeLessThan(1);
  });

  it("is unknown without GPS, without a fix, and out of the world", () => {
    expect(placeIn(jpeg(null))).toBeNull();
    expect(placeIn(jpeg({ ...SERRES, lat: whole(0, 0, 0), lon: whole(0, 0, 0) }))).toBeNull();
    expect(placeIn(jpeg({ ...SERRES, lat: whole(91, 0, 0) }))).toBeNull();
    expect(placeIn(jpeg({ ...SERRES, lon: whole(181, 0, 0) }))).toBeNull();
    expect(placeIn(jpeg({ ...SERRES, lat: [[0, 0], [0, 0], [0, 0]] }))).toBeNull();
  });

  it("is unknown in anything that is no JPEG, and in one that is cut off anywhere", () => {
    expect(placeIn(new ArrayBuffer(0))).toBeNull();
    expect(placeIn(new TextEncoder().encode("<html>δεν είμαι φωτογραφία</html>").buffer as ArrayBuffer)).toBeNull();
    const whole = jpeg(SERRES);
    for (let length = 0; length < 150; length++) expect(placeIn(whole.slice(0, length))).toBeNull();
  });
});
