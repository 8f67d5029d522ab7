import { createReadStream, createWriteStream } from "node:fs";
import { cp, readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { defineConfig } from "vitest/config";
import type { Plugin } from "vite";

const out = "app/static/dist";
const drawn = ["icons.svg", "favicon.svg"];
const swagger = ["swagger-ui-bundle.js", "swagger-ui.css"];

async function squeeze(path: string): Promise<void> {
  await pipeline(createReadStream(path), createGzip({ level: 9 }), createWriteStream(`${path}.gz`));
}

/** Swagger UI beside our own files, and a .gz beside every text, which WhiteNoise serves to who takes it. */
function ready(): Plugin {
  return {
    name: "ready-to-serve",
    apply: "build",
    async closeBundle() {
      for (const name of swagger) {
        await cp(join("node_modules/swagger-ui-dist", name), join(out, "swagger", name));
      }
      for (const entry of await readdir(out, { recursive: true })) {
        if (!/\.(js|css|svg|json)$/.test(entry) || entry.includes("manifest")) continue;
        await squeeze(join(out, entry));
      }
      for (const name of drawn) await squeeze(join("app/static", name));
    },
  };
}

export default defineConfig({
  root: "web",
  base: "/static/dist/",
  publicDir: false,
  plugins: [ready()],
  // What protomaps-leaflet brings along and we never call: 12 kB of a phone's first visit.
  resolve: {
    alias: [{ find: /^(pmtiles|@protomaps\/basemaps)$/, replacement: resolve("web/src/core/unused.ts") }],
  },
  css: { preprocessorOptions: { scss: { quietDeps: true, loadPaths: ["node_modules"] } } },
  build: {
    outDir: `../${out}`,
    emptyOutDir: true,
    manifest: true,
    target: "es2020",
    assetsInlineLimit: 0,
    rolldownOptions: {
      output: {
        // A file of its own costs a phone on a bad line more than its content.
        codeSplitting: {
          groups: [
            { name: "door", test: /src\/(core\/words|ports\/chosen)\.ts/ },
            { name: "phone", test: /src\/(core\/(addresses|geo|photos)|ports\/(camera|network|position))\.ts/ },
          ],
        },
      },
      input: {
        citizen: "web/src/citizen.ts",
        listing: "web/src/listing.ts",
        report: "web/src/report.ts",
        styleguide: "web/src/styleguide.ts",
        office: "web/src/office.ts",
        crew: "web/src/crew.ts",
        docs: "web/src/docs.ts",
      },
    },
  },
  test: { root: ".", include: ["web/**/*.test.ts"], environment: "node" },
});
