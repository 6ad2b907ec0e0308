import { defineConfig } from 'vite';
import { compressFiles } from './build/compress.ts';
import { extractFonts } from './build/fonts.ts';

/**
 * Builds the playground into dist/playground. Nothing in it knows its own address: the page is served at the
 * GraphQL endpoint and names its files relative to that, so it also works behind a proxy that adds a path.
 */
export default defineConfig({
  root: import.meta.dirname,
  base: './',
  // Names the directory the server serves under /playground/, seen from the page at /graphql.
  experimental: {
    renderBuiltUrl: (filename, { hostType }) =>
      hostType === 'html' ? `playground/${filename}` : { relative: true },
  },
  plugins: [extractFonts(), compressFiles()],
  worker: { format: 'es' },
  logLevel: 'warn',
  build: {
    outDir: '../dist/playground',
    emptyOutDir: true,
    target: 'es2022',
    // Every file is a file: data: URLs would be fetched on each visit with whatever embeds them.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    license: { fileName: 'licenses.md' },
    reportCompressedSize: false,
    // The code editor is 2.8 MB (0.6 MB compressed) in one piece, loaded after the page's own script.
    chunkSizeWarningLimit: 4000,
    rolldownOptions: {
      onLog(level, log, handle) {
        // "use client" marks code for React servers; there is none here.
        if (log.code !== 'MODULE_LEVEL_DIRECTIVE') handle(level, log);
      },
    },
  },
});
