// One shape for each state, on a field of 32 × 32, so that colour is never the only sign.

const CIRCLE = "M16 3a13 13 0 1 1 0 26 13 13 0 0 1 0-26Z";

export const SHAPES: Readonly<Record<string, string>> = {
  received: CIRCLE,
  accepted: "M16 2 28 9v14l-12 7L4 23V9Z",
  scheduled: "M8 4h16a4 4 0 0 1 4 4v16a4 4 0 0 1-4 4H8a4 4 0 0 1-4-4V8a4 4 0 0 1 4-4Z",
  in_progress: "M16 0 32 16 16 32 0 16Z",
  resolved: "M16 1c4 2.600 8 3.800 12.500 3.800 0 12-3.300 20.500-12.500 25.700C6.800 25.300 3.500 16.800 3.500 4.800 8 4.800 12 3.600 16 1Z",
  closed: "M10 6h12a10 10 0 0 1 0 20H10a10 10 0 0 1 0-20Z",
  rejected: "M10.200 3h11.600L29 10.200v11.600L21.800 29H10.200L3 21.800V10.200Z",
  forwarded: "M3 5h16l11 11-11 11H3Z",
  question: "M6 3h20a3 3 0 0 1 3 3v15a3 3 0 0 1-3 3H16l-8 7v-7H6a3 3 0 0 1-3-3V6a3 3 0 0 1 3-3Z",
  merged: "M1 4h30L16 31Z",
};

/** Where the icon's middle lies in the shape. */
const MIDDLES: Readonly<Record<string, readonly [x: number, y: number]>> = {
  resolved: [16, 14.5],
  forwarded: [14, 16],
  question: [16, 13.5],
  merged: [16, 12.5],
};

const ICON = 16;

/** The mark of a state as SVG. `sprite` is the address of icons.svg; nothing of it comes from a person. */
export function markSvg(status: string, sprite: string): string {
  const shape = SHAPES[status];
  const [x, y] = MIDDLES[status] ?? [16, 16];
  const icon = shape
    ? `<use class="mark-pin__icon" href="${sprite}#status-${status}" x="${x - ICON / 2}" y="${y - ICON / 2}" width="${ICON}" height="${ICON}"/>`
    : "";
  return `<svg viewBox="0 0 32 32" aria-hidden="true"><path class="mark-pin__body" d="${shape ?? CIRCLE}"/>${icon}</svg>`;
}

/** A mark that stands for `count` others. */
export function numberSvg(count: number): string {
  return `<svg viewBox="0 0 32 32" aria-hidden="true"><path class="mark-pin__body" d="${CIRCLE}"/><text class="mark-pin__number" x="16" y="20.500">${count}</text></svg>`;
}

/** A mark that stands for many; the ring shows which part of them is still open. */
export function crowdSvg(text: string, openShare: number): string {
  const part = Math.round(openShare * 100);
  const ring = '<circle class="mark-pin__ring" cx="16" cy="16" r="14" pathLength="100" transform="rotate(-90 16 16)"';
  const arc = part > 0 ? `${ring} stroke-dasharray="${part} ${100 - part}"/>` : "";
  const edge = '<circle class="mark-pin__edge" cx="16" cy="16" r="14"/>';
  const number = `<text class="mark-pin__number mark-pin__number--${text.length}" x="16" y="20">${text}</text>`;
  return `<svg viewBox="0 0 32 32" aria-hidden="true"><circle class="mark-pin__body" cx="16" cy="16" r="13"/>${edge}${arc}${number}</svg>`;
}

export const PICK_SVG =
  '<svg viewBox="0 0 36 48" aria-hidden="true"><path class="pick-pin__body" d="M18 1.500c9.500 0 16 6.900 16 15.800C34 29 22.500 39.500 18 46.500 13.500 39.500 2 29 2 17.300 2 8.400 8.500 1.500 18 1.500Z"/><circle cx="18" cy="17.500" r="6" fill="#fff" stroke="#14212b" stroke-width="2"/></svg>';
