import { defineConfig } from "vitest/config";
import { viteScales } from "./scales.plugin.mjs";

export default defineConfig({
  plugins: [viteScales()],
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  resolve: {
    alias: { "decode-named-character-reference": new URL("./src/text/entities.ts", import.meta.url).pathname },
  },
  test: {
    setupFiles: ["test/setup.ts"],
    environment: "happy-dom",
    include: ["test/**/*.test.{ts,tsx}"],
    css: false,
    // A test ends by a condition; this only ends one that hangs.
    testTimeout: 90_000,
  },
});
