import { createHash } from 'node:crypto';
import type { Plugin } from 'vite';

const EMBEDDED_FONT = /url\(["']?data:font\/(woff2?|ttf);base64,([A-Za-z0-9+/=]+)["']?\)/g;

/**
 * GraphiQL's stylesheet embeds 35 fonts as base64, 300 kB that compression cannot shrink and that hold up the first
 * paint. As files a browser loads only those whose characters are on the page.
 */
export function extractFonts(): Plugin {
  return {
    name: 'extract-fonts',
    apply: 'build',
    generateBundle(_options, bundle) {
      for (const file of Object.values(bundle)) {
        if (file.type !== 'asset' || !file.fileName.endsWith('.css')) continue;
        file.source = String(file.source).replace(EMBEDDED_FONT, (_match, type: string, base64: string) => {
          const source = Buffer.from(base64, 'base64');
          const name = `font-${createHash('sha256').update(source).digest('hex').slice(0, 10)}.${type}`;
          this.emitFile({ type: 'asset', fileName: `assets/${name}`, source });
          return `url(./${name})`;
        });
      }
    },
  };
}
