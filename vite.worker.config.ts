import { defineConfig } from "vite";

// The service worker is one classic script of its own, because it must keep its name; the server serves it at /sw.js.
export default defineConfig({
  root: "web",
  publicDir: false,
  build: {
    outDir: "../app/static/dist/worker",
    emptyOutDir: true,
    target: "es2020",
    lib: { entry: "src/worker.ts", formats: ["iife"], name: "worker", fileName: () => "worker.js" },
  },
});
