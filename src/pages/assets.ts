import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

/** A file that every page may load, under an address that changes with its content: a browser caches it for good. */
export type Asset = {
  readonly path: string;
  readonly type: string;
  readonly body: Uint8Array<ArrayBuffer>;
  readonly gzipped: Uint8Array<ArrayBuffer>;
};

/** The addresses of the files that a page names. */
export type AssetPaths = Readonly<Record<'styles' | 'icons' | 'htmx' | 'script', string>>;

export type Assets = { readonly paths: AssetPaths; readonly at: ReadonlyMap<string, Asset> };

const types = { css: 'text/css', svg: 'image/svg+xml', js: 'text/javascript' } as const;

/** Reads the stylesheet, the icons and the scripts. `folder`: the folder `assets` of the product. */
export function readAssets(folder: string): Assets {
  const htmx = createRequire(import.meta.url).resolve('htmx.org/dist/htmx.min.js');
  const files = {
    styles: asset('console.css', join(folder, 'console.css')),
    icons: asset('icons.svg', join(folder, 'icons.svg')),
    htmx: asset('htmx.js', htmx),
    script: asset('console.js', join(folder, 'console.js')),
  };
  const all = Object.entries(files);
  return {
    paths: Object.fromEntries(all.map(([name, { path }]) => [name, path])) as AssetPaths,
    at: new Map(all.map(([, it]) => [it.path, it])),
  };
}

function asset(name: string, file: string): Asset {
  const body = new Uint8Array(readFileSync(file));
  const digest = createHash('sha256').update(body).digest('hex').slice(0, 16);
  const type = types[name.slice(name.lastIndexOf('.') + 1) as keyof typeof types];
  return {
    path: `/assets/${digest}/${name}`,
    type: `${type}; charset=utf-8`,
    body,
    gzipped: new Uint8Array(gzipSync(body)),
  };
}
