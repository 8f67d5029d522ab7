// Names on a map must not lie on each other.

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** For each rectangle, centred on x and y, whether it may stand; the earlier ones have the right of way. */
export function standing(labels: readonly Rectangle[], gap = 4): boolean[] {
  const occupied: Rectangle[] = [];
  return labels.map((label) => {
    if (label.width === 0 || occupied.some((other) => overlap(label, other, gap))) return false;
    occupied.push(label);
    return true;
  });
}

function overlap(a: Rectangle, b: Rectangle, gap: number): boolean {
  return (
    Math.abs(a.x - b.x) < (a.width + b.width) / 2 + gap && Math.abs(a.y - b.y) < (a.height + b.height) / 2 + gap
  );
}
