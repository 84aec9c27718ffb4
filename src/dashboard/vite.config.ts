import { defineConfig } from 'vite';

export default defineConfig({
  esbuild: { jsx: 'automatic' },
  build: {
    target: 'es2022',
    // An inlined asset would be a data: URL, which the content security policy refuses.
    assetsInlineLimit: 0,
    // The helper that preloads chunks is for browsers without modulepreload, which the target excludes.
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
});
