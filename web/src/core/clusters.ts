// Marks that would lie on top of each other become one with a number.

export interface Spot {
  readonly x: number;
  readonly y: number;
}

/** Groups of indices whose spots lie within `radius` pixels of the group's first; order is kept. */
export function clustered(spots: readonly Spot[], radius: number): number[][] {
  const groups: number[][] = [];
  const cells = new Map<string, number[]>();
  spots.forEach((spot, index) => {
    const home = near(spot, spots, groups, cells, radius);
    if (home !== undefined) {
      groups[home]?.push(index);
      return;
    }
    groups.push([index]);
    const key = cell(spot, radius);
    cells.set(key, [...(cells.get(key) ?? []), groups.length - 1]);
  });
  return groups;
}

function cell({ x, y }: Spot, size: number, dx = 0, dy = 0): string {
  return `${Math.floor(x / size) + dx}:${Math.floor(y / size) + dy}`;
}

function near(
  spot: Spot,
  spots: readonly Spot[],
  groups: readonly number[][],
  cells: ReadonlyMap<string, number[]>,
  radius: number,
): number | undefined {
  for (const dx of [-1, 0, 1]) {
    for (const dy of [-1, 0, 1]) {
      for (const group of cells.get(cell(spot, radius, dx, dy)) ?? []) {
        const first = spots[groups[group]?.[0] ?? -1];
        if (first && Math.hypot(first.x - spot.x, first.y - spot.y) <= radius) return group;
      }
    }
  }
  return undefined;
}
