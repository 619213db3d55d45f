import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';
import { readAnalystNotes } from './read-analyst-notes.ts';

const here = fileURLToPath(new URL('.', import.meta.url));

/**
 * The builders of TypeBox schemas in models/contract. The page takes word lists and types from there and validates
 * nothing, so unused schemas (and TypeBox with them) may be dropped from the bundle.
 */
const SCHEMA_BUILDERS = [
  'Type',
  'Adcode',
  'Currency',
  'Day',
  'Id',
  'IdOrEmpty',
  'Instant',
  'Int',
  'Money',
  'Opt',
  'Percent',
  'PositiveQuantity',
  'Quantity',
  'SignedMoney',
  'Text',
  'Word',
  'dealerId',
  'defineEventType',
  'latitude',
  'longitude',
];

/** Builds the wallboard into dashboard/dist, which the server serves. */
export default defineConfig({
  root: here,
  base: '/',
  define: { ANALYST_NOTES: JSON.stringify(readAnalystNotes()) },
  plugins: [svelte({ configFile: `${here}svelte.config.js` })],
  build: {
    outDir: `${here}dist`,
    emptyOutDir: true,
    target: 'es2022',
    // Fonts stay files: a data URI would need `font-src data:` in the content security policy.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 400,
    rolldownOptions: { treeshake: { manualPureFunctions: SCHEMA_BUILDERS, propertyReadSideEffects: false } },
  },
});
