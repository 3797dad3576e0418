import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { svelteTesting } from '@testing-library/svelte/vite';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  plugins: [svelte(), svelteTesting()],
  resolve: { alias: { $lib: at('./src/lib'), $assets: at('../assets') } },
  clearScreen: false,
  server: {
    port: 1420,
    strictPort: true,
    host: '127.0.0.1',
    // The protocol's own source is read by the test that holds the words to it.
    fs: { allow: [at('.'), at('../assets'), at('../crates/protocol/src')] },
  },
  // Debian 12's WebKitGTK 2.50; WebView2 is evergreen Chromium. Nothing is inlined: the window's
  // security policy loads fonts from the program alone.
  build: { target: 'es2022', sourcemap: false, assetsInlineLimit: 0 },
  test: {
    environment: 'jsdom',
    setupFiles: ['./tests/setup.ts'],
    include: ['tests/**/*.test.ts'],
    css: true,
  },
});
