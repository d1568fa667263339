import { defineConfig } from 'vitest/config'

/** Tests that listen at the router of a lab in network namespaces; `npm run test:lab` builds it first. Needs root. */
export default defineConfig({
  test: {
    include: ['test/lab/**/*.test.ts'],
    globalSetup: ['test/support/build.ts'],
    env: { TZ: 'UTC' },
    // One lab, one thing at a time.
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
})
