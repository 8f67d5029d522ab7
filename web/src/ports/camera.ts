// Photos as this phone gives them, made small enough for a bad line.

import { placeIn } from "../core/exif";
import type { Position } from "../core/geo";
import { looksLikePhoto, MOST_BYTES } from "../core/photos";
import type { Chosen } from "./chosen";

const LONG_SIDE = 2048;
const QUALITY = 0.82;
const JPEG = "image/jpeg";
/** Metadata stand at the beginning. */
const HEAD_BYTES = 256 * 1024;

/** What was chosen is no photo. */
export class NoPhoto extends Error {}

/** The phone has let go of what was chosen before it could be read. */
export class LostPhoto extends Error {}

export interface Taken {
  readonly bytes: ArrayBuffer;
  readonly type: string;
  readonly place: Position | null;
}

/** A photo ready to send, upright and without metadata, and where it says it was taken. Throws NoPhoto or LostPhoto. */
export async function taken({ name, type, size, bytes }: Chosen): Promise<Taken> {
  const whole = await bytes.catch(() => new ArrayBuffer(0));
  if (whole.byteLength === 0 || whole.byteLength !== size) throw new LostPhoto(name);
  const place = placeIn(whole.slice(0, HEAD_BYTES));
  try {
    return { bytes: await shrunk(new Blob([whole], { type })), type: JPEG, place };
  } catch {
    // A format this browser cannot open, as HEIC mostly is: the town can.
    if (!looksLikePhoto(whole) || size > MOST_BYTES) throw new NoPhoto(name);
    return { bytes: whole, type, place };
  }
}

async function shrunk(photo: Blob): Promise<ArrayBuffer> {
  const picture = await createImageBitmap(photo, { imageOrientation: "from-image" });
  const scale = Math.min(1, LONG_SIDE / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  const paper = canvas.getContext("2d")!;
  // JPEG knows no transparency; without this it becomes black.
  paper.fillStyle = "#fff";
  paper.fillRect(0, 0, canvas.width, canvas.height);
  paper.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, JPEG, QUALITY));
  if (!blob?.size) throw new Error("no picture");
  return blob.arrayBuffer();
}
