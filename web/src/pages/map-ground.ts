// The town's own ground: its vector tiles, drawn in our colours below the marks. Comes only where there are such tiles.

import L from "leaflet";
import {
  CenteredTextSymbolizer,
  exp,
  LineLabelSymbolizer,
  LineSymbolizer,
  leafletLayer,
  PolygonSymbolizer,
  type Feature,
  type Filter,
  type LabelRule,
  type PaintRule,
} from "protomaps-leaflet";
import { tileAddress } from "../core/tiles";
import { getBytes } from "../ports/network";

/** A map that comes nearer than the data (tile_queries.py) draws the same tile larger. */
const FINEST_ZOOM = 16;
const AGAIN_MS = [4_000, 15_000, 60_000];
const MAJOR = new Set(["motorway", "trunk", "primary", "secondary"]);
const LAND = ["town", "forest", "field", "park", "cemetery", "pitch", "yard", "square"];
const SETTLEMENT_PX: Record<string, number> = { city: 18, town: 15, village: 13, hamlet: 12, neighbourhood: 12 };

/** Puts the ground below the map; `arrived` is called with its first tile. */
export function layGround(map: L.Map, address: string, language: string, attribution: string, arrived: () => void): void {
  // The library takes Leaflet from the page, as its script of old.
  Object.assign(globalThis, { L });
  let tried = 0;
  let waiting = 0;
  const colours = tokens(map.getContainer());
  const fetched = async (z: number, x: number, y: number, signal?: AbortSignal): Promise<{ data: ArrayBuffer }> => {
    try {
      const data = await getBytes(tileAddress(address, { z, x, y }), signal);
      tried = 0;
      arrived();
      return { data };
    } catch (error) {
      if (!signal?.aborted) later();
      throw error;
    }
  };
  const options = {
    // What the library asks of an archive of tiles is this one question.
    url: { getZxy: fetched } as never,
    maxDataZoom: FINEST_ZOOM,
    attribution,
    backgroundColor: colours("ground"),
    paintRules: paintRules(colours),
    labelRules: labelRules(colours, language),
    lang: language,
  };
  const layer = leafletLayer(options) as unknown as L.GridLayer;
  const inside = layer as unknown as Inside;
  inside._abortLoading = () => {
    for (const [key, tile] of Object.entries(inside._tiles)) {
      if (!tile.loaded && tile.coords.z !== inside._tileZoom) inside._removeTile(key);
    }
  };
  const again = (): void => {
    waiting = 0;
    if (!map.hasLayer(layer)) return;
    for (const [key, tile] of Object.entries(inside._tiles)) if (tile.coords.z === inside._tileZoom) inside.rerenderTile(key);
  };
  /** On a bad line some tiles are lost; they are asked for again, less and less often. */
  const later = (): void => {
    const wait = AGAIN_MS[tried];
    if (waiting || wait === undefined) return;
    tried++;
    waiting = window.setTimeout(again, wait);
  };
  window.addEventListener("online", again);
  map.on("unload", () => window.removeEventListener("online", again));
  layer.addTo(map);
}

/**
 * What stands behind the layer's own doors. It draws only tiles of the zoom of which it last heard: what was on its way at another is dropped,
 * and would stay blank if the map came back to it. So nothing of another zoom is drawn anew, and what is not finished
 * when the zoom changes is taken away, which Leaflet asks of its own layers too.
 */
interface Inside {
  _tiles: Record<string, { readonly coords: L.Coords; readonly loaded?: Date }>;
  _tileZoom: number;
  _removeTile(key: string): void;
  _abortLoading: () => void;
  rerenderTile(key: string): void;
}

type Colours = (name: string) => string;

function tokens(element: HTMLElement): Colours {
  const style = getComputedStyle(element);
  return (name) => style.getPropertyValue(`--map-${name}`).trim();
}

const kindOf = ({ props }: Feature): string => String(props["kind"]);
const isKind =
  (...kinds: readonly string[]): Filter =>
  (_zoom, feature) =>
    kinds.includes(kindOf(feature));
const isMajor: Filter = (_zoom, feature) => MAJOR.has(kindOf(feature));
const isDrive = isKind("service", "track");
const isMinor: Filter = (zoom, feature) => !isMajor(zoom, feature) && !isDrive(zoom, feature);

/** From here on a road has an edge on both sides; farther away it is one line. */
const EDGED_ZOOM = 13;

const WIDTHS = {
  major: exp(1.6, [
    [8, 0.8],
    [12, 2],
    [15, 7],
    [18, 26],
  ]),
  minor: exp(1.6, [
    [11, 0.5],
    [14, 2],
    [16, 7],
    [18, 18],
  ]),
  drive: exp(1.6, [
    [14, 0.6],
    [16, 3],
    [18, 8],
  ]),
};
const withEdges =
  (width: (zoom: number) => number) =>
  (zoom: number): number =>
    width(zoom) + 1.6;

function paintRules(colours: Colours): PaintRule[] {
  const line = (color: string | ((zoom: number) => string), width: number | ((zoom: number) => number), dash?: number[]): LineSymbolizer =>
    new LineSymbolizer({
      color,
      width,
      lineCap: dash ? "butt" : "round",
      lineJoin: "round",
      ...(dash ? { dash, dashColor: color, dashWidth: width } : {}),
    });
  const far = (colour: string) => (zoom: number) => (zoom < EDGED_ZOOM ? colours("far-road") : colour);
  const fill = (colour: string, edge?: string): PolygonSymbolizer =>
    new PolygonSymbolizer({ fill: colour, ...(edge ? { stroke: edge, width: 0.75 } : {}) });
  const isArea: Filter = (_zoom, { geomType }) => geomType === 3;
  const road = (kinds: Filter, width: (zoom: number) => number, colour: string): PaintRule[] => [
    { dataLayer: "street", symbolizer: line(colours("casing"), withEdges(width)), filter: kinds, minzoom: EDGED_ZOOM },
    { dataLayer: "street", symbolizer: line(far(colour), width), filter: kinds },
  ];
  return [
    ...LAND.map((kind) => ({ dataLayer: "land", symbolizer: fill(colours(kind)), filter: isKind(kind) })),
    { dataLayer: "water", symbolizer: fill(colours("water")), filter: isArea },
    {
      dataLayer: "water",
      symbolizer: line(colours("water"), exp(1.5, [[9, 0.8], [13, 2], [18, 10]])),
      filter: (zoom, feature) => !isArea(zoom, feature),
    },
    { dataLayer: "building", symbolizer: fill(colours("building"), colours("building-edge")), minzoom: 15 },
    { dataLayer: "path", symbolizer: line(colours("path"), 1.2, [3, 2]), minzoom: 15 },
    ...road(isDrive, WIDTHS.drive, colours("street")),
    ...road(isMinor, WIDTHS.minor, colours("street")),
    ...road(isMajor, WIDTHS.major, colours("major")),
    { dataLayer: "rail", symbolizer: line(colours("rail"), 1.5, [6, 3]) },
  ];
}

function labelRules(colours: Colours, language: string): LabelRule[] {
  const labelProps = language === "en" ? ["name_en", "name_el"] : ["name_el", "name_en"];
  const fontFamily = getComputedStyle(document.body).fontFamily;
  const said = { fontFamily, fill: colours("word"), stroke: colours("ground"), width: 2.5 };
  const text = (fontSize: number | ((z: number, f?: Feature) => number), fontWeight = 400): CenteredTextSymbolizer =>
    new CenteredTextSymbolizer({ ...said, labelProps, fontSize, fontWeight, lineHeight: 1.3 });
  const along = (fontSize: (zoom: number) => number, fontWeight: number): LineLabelSymbolizer =>
    new LineLabelSymbolizer({ ...said, labelProps, fontSize, fontWeight, repeatDistance: 320 });
  const size = (_zoom: number, feature?: Feature): number => SETTLEMENT_PX[feature ? kindOf(feature) : ""] ?? 12;
  return [
    { dataLayer: "place", symbolizer: text(size, 600), maxzoom: 17, sort: (a, b) => Number(b["population"] ?? 0) - Number(a["population"] ?? 0) },
    { dataLayer: "street", symbolizer: along((z) => (z >= 17 ? 13 : 11.5), 600), filter: isMajor, minzoom: 13 },
    { dataLayer: "street", symbolizer: along((z) => (z >= 17 ? 12.5 : 11), 400), filter: isMinor, minzoom: 15 },
    { dataLayer: "point", symbolizer: text(11, 500), minzoom: 16 },
    {
      dataLayer: "door",
      symbolizer: new CenteredTextSymbolizer({ ...said, labelProps: ["number"], fontSize: 10 }),
      minzoom: 17.5,
    },
    {
      dataLayer: "water",
      symbolizer: new LineLabelSymbolizer({ ...said, labelProps, fill: colours("water-word"), fontSize: 11, fontStyle: "italic", repeatDistance: 500 }),
      filter: (_zoom, { geomType }) => geomType === 2,
      minzoom: 13,
    },
    { dataLayer: "street", symbolizer: along(() => 11, 400), filter: isDrive, minzoom: 17 },
  ];
}
