// Stands in for parts of protomaps-leaflet that we have no use for and that a phone need not load: its reader of
// archives (our server reads them) and its own styles (ours are in pages/map-ground.ts). See vite.config.ts.

export class PMTiles {
  constructor() {
    throw new Error("archives are read by the server");
  }
}

export const namedFlavor = (): never => {
  throw new Error("the style is our own");
};
