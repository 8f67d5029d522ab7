// What goes with a report. Sizes in bytes.

export const MOST_PHOTOS = 5;
export const MOST_BYTES = 20 * 1024 * 1024;

const BEGINNINGS = [/^\xff\xd8\xff/, /^\x89PNG\r\n/, /^RIFF[^]{4}WEBP/, /^[^]{4}ftyp(hei|hev|mif|msf|avif)/];

/** Whether a file begins as a JPEG, PNG, WebP or HEIC does, whatever its name says. */
export function looksLikePhoto(head: ArrayBuffer): boolean {
  const beginning = String.fromCharCode(...new Uint8Array(head.slice(0, 12)));
  return BEGINNINGS.some((one) => one.test(beginning));
}
