// Leaflet comes only to a page that shows a map.

const AGAIN_MS = [1_000, 4_000, 15_000];

/** Starts every `[data-map]` below `root`. */
export function enhanceMaps(root: ParentNode = document): void {
  const maps = [...root.querySelectorAll<HTMLElement>("[data-map]:not(.map--on)")];
  if (maps.length > 0) void start(maps, 0);
}

async function start(maps: readonly HTMLElement[], tried: number): Promise<void> {
  try {
    const { enhanceMap } = await import("./map");
    for (const element of maps) void enhanceMap(element);
  } catch (error) {
    // On a bad line a part may be lost; the page is complete without it, so there is time to try again.
    const wait = AGAIN_MS[tried];
    if (wait === undefined) throw error;
    setTimeout(() => void start(maps, tried + 1), wait);
  }
}
