// Photos as this phone gives them, made small enough for a bad line.

import { placeIn } from "../core/exif";
import type { Position } from "../core/geo";
import { looksLikePhoto, MOST_BYTES } from "../core/photos";

const LONG_SIDE = 2048;
const QUALITY = 0.82;
/** Metadata stand at the beginning. */
const HEAD_BYTES = 256 * 1024;

export class NoPhoto extends Error {}

export interface Taken {
  readonly blob: Blob;
  readonly place: Position | null;
}

/** A photo ready to send, upright and without metadata, and where it says it was taken. Throws NoPhoto. */
export async function taken(file: File): Promise<Taken> {
  const head = await file.slice(0, HEAD_BYTES).arrayBuffer();
  const place = placeIn(head);
  try {
    return { blob: await shrunk(file), place };
  } catch {
    // A format this browser cannot open, as HEIC mostly is: the town can.
    if (!looksLikePhoto(head) || file.size > MOST_BYTES) throw new NoPhoto(file.name);
    return { blob: file, place };
  }
}

async function shrunk(file: File): Promise<Blob> {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
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
  const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
  if (!blob) throw new Error("no picture");
  return blob;
}
