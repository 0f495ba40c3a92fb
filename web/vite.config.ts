// Builds one classic script and one style sheet, both meant to be put inside
// an HTML page. Names carry no hash: the Rust side includes them by path.
import { defineConfig } from 'vite';

export default defineConfig({
  define: { 'process.env.NODE_ENV': '"production"' },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    target: 'es2022',
    minify: true,
    sourcemap: false,
    reportCompressedSize: true,
    copyPublicDir: false,
    lib: {
      entry: 'src/main.tsx',
      name: 'FathomViewer',
      formats: ['iife'],
      fileName: () => 'viewer.js',
      cssFileName: 'viewer',
    },
  },
  // A busy machine is slow, not wrong.
  test: { include: ['src/**/*.test.ts'], environment: 'node', testTimeout: 120_000 },
} as Parameters<typeof defineConfig>[0]);
