import { defineConfig } from "vitest/config";
import { viteScales } from "./scales.plugin.mjs";

export default defineConfig({
  plugins: [viteScales()],
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  test: { environment: "happy-dom", include: ["test/**/*.test.{ts,tsx}"], css: false },
});
