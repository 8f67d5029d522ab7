/**
 * A map for `<div data-map …>`. `enhanceMaps()` of maps.ts starts it; office and crew pages use the same attributes.
 *
 *   data-map-areas="/api/v1/areas?format=geojson"  outlines: the ground without tiles, and a thin border over tiles
 *   data-map-names="/map/names.json"               names of places on a ground without tiles
 *   data-map-ground                                address of vector tiles of the town's own ({z} {x} {y}), or
 *   data-map-tiles                                 of raster tiles ({s} {z} {x} {y}); both optional
 *   data-map-attribution                           whom to thank for them
 *   data-map-keep                                  the ground around the marks is kept for when there is no network
 *   data-map-sprite="/static/icons.svg"            icons of the states
 *   data-map-language="el"                         language of the names on the ground
 *   data-map-label                                 the map's name for screen readers
 *   data-map-bounds="w,s,e,n"                      what to show first; default: the marks, else
 *   data-map-home="w,s,e,n"                        the town
 *   data-map-height="24rem"                        height of the ground
 *   data-words='{"zoomIn": …}'                     sentences, from the server
 *
 * Marks, one of:
 *   data-map-list="#id"     a list; every element in it with data-lon and data-lat is a mark. Also read there:
 *                           data-status (a report's state: gives colour, shape and icon), data-id (default: position),
 *                           data-label (default: the text of its link). A click follows the element's first link.
 *                           data-number: the mark shows this number of a sequence; numbered marks are never grouped,
 *                           for a group's count would be read as one of them.
 *   data-map-marks='[{"lon", "lat", "status", "id", "label", "href"}]'
 *
 *   data-map-clusters="/api/v1/reports/clusters"
 *                           the server's own marks for what is seen, with data-map-query='{"state": …}' as filters and
 *                           data-map-bounds as the box that the list is narrowed to; pages/listing.ts knows its events.
 *                           data-map-own='[{"reference"}]' says which are the reader's own (core/crowds.ts).
 *                           data-map-cover: so many pixels of its upper edge, and half of them below, lie under something.
 *
 * A spot to point at:
 *   data-map-pick="#id"     an element that holds inputs named lon, lat and accuracy_m. A click, a dragged pin, the
 *                           arrow keys (5 m, with Shift 50 m), Enter on the map (its middle) and the button "my
 *                           position" write them; the lon input then fires "change", which bubbles.
 *   data-map-things="/map/things"
 *                           the town's things as marks to tap (map-things.ts): `map:thing` tells of a tap, and
 *                           `map:things` with their keys says which are chosen.
 *   data-map-places="#id"   a select whose options have data-lon, data-lat, data-kind: choosing one goes there.
 *
 * Events on the element:
 *   map:select   from the map, cancelable: a mark was activated; detail {id}. Prevented: the link is not followed.
 *   map:choose   to the map: show {id} larger and bring it into view; {id: null} none.
 *   map:refresh  to the map: read the list again (after a live change); the view stays.
 *   map:own      to the map of clusters: data-map-own is another.
 *   map:show     to the map of clusters: the filters or the box are others; the view follows.
 *   map:resize   to the map: its box changed size.
 */

import "leaflet/dist/leaflet.css";
import L from "leaflet";
import { readBox, readPosition, type Box, type Position } from "../core/geo";
import { standing } from "../core/labels";
import { labelSpot, readOutlines, type Outline } from "../core/outlines";
import { readWords, type Words } from "../core/words";
import { getJson } from "../ports/network";
import { keepGround } from "../ports/worker";
import { at, calm, CLOSE_ZOOM } from "./leaflet";
import { Marks } from "./map-marks";
import { Picker } from "./map-picker";

const VILLAGE_ZOOM = 10.5;
const STREET_ZOOM = 14;
const SETTLEMENTS = new Set(["city", "town", "village", "hamlet"]);
const NAMES = "names";
/** So long a ground may take before ours stands in for it. */
const PATIENCE_MS = 2_000;

interface NamedPlace {
  readonly kind: string;
  readonly lon: number;
  readonly lat: number;
  readonly name_el: string;
  readonly name_en: string;
}

const boxOf = ([w, s, e, n]: Box): L.LatLngBoundsLiteral => [
  [s, w],
  [n, e],
];

export async function enhanceMap(element: HTMLElement): Promise<void> {
  const words = readWords(element.dataset.words);
  const map = spread(element, words);
  const outlines = await ground(element, map);
  if (element.dataset.mapClusters) await clusters(element, map, words, outlines);
  else listed(element, map, words);
  places(element, map);
  const fields = element.dataset.mapPick ? document.querySelector<HTMLElement>(element.dataset.mapPick) : null;
  if (fields) new Picker(element, map, fields, words, (spot) => keep(element, [spot]));
  if (element.dataset.mapThings) things(element, map, element.dataset.mapThings);
  element.addEventListener("map:resize", () => map.invalidateSize());
  element.dispatchEvent(new CustomEvent("map:ready", { bubbles: true }));
}

/** What somebody points at now they may point at again where there is no network. */
function keep(element: HTMLElement, spots: readonly Position[]): void {
  if (element.dataset.mapGround) void keepGround(element.dataset.mapGround, spots);
}

async function clusters(element: HTMLElement, map: L.Map, words: Words, outlines: readonly Outline[]): Promise<void> {
  const { Clusters } = await import("./map-clusters");
  await new Clusters(element, map, words).start(outlines);
}

/** From a zoom on at which a single one can be hit with a finger. */
function things(element: HTMLElement, map: L.Map, address: string): void {
  const draw = async (): Promise<void> => {
    if (map.getZoom() < CLOSE_ZOOM) return;
    map.off("moveend", draw);
    const { Things } = await import("./map-things");
    new Things(element, map, address);
    element.dispatchEvent(new CustomEvent("map:ready", { bubbles: true }));
  };
  map.on("moveend", draw);
  void draw();
}

function listed(element: HTMLElement, map: L.Map, words: Words): void {
  const marks = new Marks(element, map, words);
  marks.read();
  if (!element.dataset.mapBounds) seeAll(map, marks.spots());
  if (element.dataset.mapKeep !== undefined) keep(element, marks.spots());
  element.addEventListener("map:refresh", () => marks.read());
  element.addEventListener("map:choose", (event) => marks.choose((event as CustomEvent<{ id: string | null }>).detail.id));
}

function seeAll(map: L.Map, spots: readonly Position[]): void {
  if (spots.length > 0) map.fitBounds(L.latLngBounds(spots.map(at)), { padding: [36, 36], maxZoom: 16, animate: false });
}

function spread(element: HTMLElement, words: Words): L.Map {
  const box = document.createElement("div");
  box.className = "map__ground";
  box.setAttribute("role", "region");
  box.setAttribute("aria-label", element.dataset.mapLabel ?? "");
  if (element.dataset.mapHeight) box.style.setProperty("--map-height", element.dataset.mapHeight);
  element.append(box);
  element.classList.add("map--on");
  const still = calm();
  const map = L.map(box, {
    zoomControl: false,
    attributionControl: Boolean(element.dataset.mapTiles || element.dataset.mapGround),
    zoomSnap: 0.5,
    minZoom: 8,
    maxZoom: 19,
    zoomAnimation: !still,
    fadeAnimation: !still,
    markerZoomAnimation: !still,
    inertia: !still,
  });
  L.control.zoom({ position: "bottomright", zoomInTitle: words("zoomIn"), zoomOutTitle: words("zoomOut") }).addTo(map);
  L.control.scale({ imperial: false, position: "bottomleft" }).addTo(map);
  map.attributionControl?.setPrefix(false);
  // What a page wants seen, else the whole town: at once, so that no tile is asked for that nobody looks at.
  const first = readBox(element.dataset.mapBounds) ?? readBox(element.dataset.mapHome);
  if (first) map.fitBounds(boxOf(first), { animate: false });
  else map.setView([0, 0], 8);
  // Above the ground, below the marks.
  map.createPane(NAMES).classList.add("map-names");
  nearness(map);
  new ResizeObserver(() => map.invalidateSize()).observe(box);
  return map;
}

// -- the ground ------------------------------------------------------------------------------------------------

async function ground(element: HTMLElement, map: L.Map): Promise<Outline[]> {
  const { mapTiles, mapGround, mapAttribution = "", mapAreas, mapNames, mapLanguage = "el" } = element.dataset;
  // Until the first tile is there, and for as long as none comes, our outlines and names are the ground.
  const arrived = (): void => map.getContainer().classList.add("map--grounded");
  if (mapGround) void own(map, mapGround, mapLanguage, mapAttribution, arrived);
  else if (mapTiles) {
    // OpenStreetMap's tiles want to know which site asks; which page is nobody's business.
    L.tileLayer(mapTiles, { attribution: mapAttribution, maxZoom: 19, referrerPolicy: "strict-origin" }).on("tileload", arrived).addTo(map);
  }
  if (!mapAreas) return [];
  let outlines: Outline[];
  try {
    outlines = readOutlines(await getJson(mapAreas), mapLanguage);
  } catch {
    return []; // a map without its ground still takes a pin
  }
  draw(map, outlines);
  if (mapNames) setTimeout(() => nameAll(map, mapNames, mapLanguage), mapGround || mapTiles ? PATIENCE_MS : 0);
  return outlines;
}

/** The ground has its own names; ours are fetched only where it does not come. */
function nameAll(map: L.Map, address: string, language: string): void {
  const { classList, isConnected } = map.getContainer();
  if (isConnected && !classList.contains("map--grounded")) void names(map, address, language);
}

async function own(map: L.Map, address: string, language: string, attribution: string, arrived: () => void): Promise<void> {
  const { layGround } = await import("./map-ground");
  layGround(map, address, language, attribution, arrived);
}

function draw(map: L.Map, outlines: readonly Outline[]): void {
  const rings = (outline: Outline): L.LatLngTuple[][][] => outline.polygons.map((p) => p.map((ring) => ring.map(at)));
  const line = (outline: Outline, className: string): void => {
    L.polygon(rings(outline), { className, interactive: false, fill: false, weight: 1 }).addTo(map);
  };
  const municipality = outlines.filter(({ kind }) => kind === "municipality");
  for (const outline of outlines) if (outline.kind === "neighbour") line(outline, "map-neighbour");
  for (const outline of municipality) {
    L.polygon(rings(outline), { className: "map-municipality", interactive: false }).addTo(map);
  }
  for (const outline of outlines) if (outline.kind === "community") line(outline, "map-community");
  for (const outline of outlines) if (outline.kind === "unit") line(outline, "map-unit");
  for (const outline of outlines) {
    const spot = outline.kind === "neighbour" ? labelSpot(outline) : null;
    if (spot) name(map, spot, outline.name, outline.kind);
  }
}

/** Names come and go with the zoom; styles/_map.scss says which. */
function nearness(map: L.Map): void {
  const say = (): void => {
    const { classList } = map.getContainer();
    classList.toggle("map--far", map.getZoom() < VILLAGE_ZOOM);
    classList.toggle("map--middle", map.getZoom() < STREET_ZOOM);
    classList.toggle("map--close", map.getZoom() >= STREET_ZOOM);
  };
  map.on("zoomend", say);
  say();
}

async function names(map: L.Map, address: string, language: string): Promise<void> {
  const answer = await getJson<{ items: readonly NamedPlace[] }>(address).catch(() => ({ items: [] }));
  for (const { kind, lon, lat, name_el, name_en } of answer.items) {
    name(map, [lon, lat], (language === "en" && name_en) || name_el, kind);
  }
  map.on("zoomend", () => unclutter(map));
  unclutter(map);
}

/** Of names that would overlap, the more important stays: the server sends them in that order. */
function unclutter(map: L.Map): void {
  const words = [...(map.getPane(NAMES)?.querySelectorAll<HTMLElement>("span") ?? [])];
  const boxes = words.map((word) => {
    const { x, y } = L.DomUtil.getPosition(word.parentElement as HTMLElement) ?? { x: 0, y: 0 };
    return { x, y, width: word.offsetWidth, height: word.offsetHeight };
  });
  const may = standing(boxes);
  words.forEach((word, index) => word.classList.toggle("map-word--lost", may[index] === false));
}

function name(map: L.Map, spot: Position, text: string, kind: string): void {
  const span = document.createElement("span");
  span.textContent = text;
  const icon = L.divIcon({ className: `map-word map-word--${kind}`, html: span });
  L.marker(at(spot), { icon, interactive: false, keyboard: false, alt: "", pane: NAMES }).addTo(map);
}

function places(element: HTMLElement, map: L.Map): void {
  const select = element.dataset.mapPlaces ? document.querySelector<HTMLSelectElement>(element.dataset.mapPlaces) : null;
  if (!select) return;
  const options = [...select.options].flatMap((option) => {
    const spot = readPosition(option.dataset.lon, option.dataset.lat);
    return spot ? [{ option, spot }] : [];
  });
  select.addEventListener("change", () => {
    const chosen = options.find(({ option }) => option.selected);
    const zoom = SETTLEMENTS.has(chosen?.option.dataset.kind ?? "") ? 15 : CLOSE_ZOOM;
    if (chosen) map.setView(at(chosen.spot), zoom, { animate: !calm() });
  });
}
