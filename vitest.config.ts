import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/live/**', 'test/terminal/**'],
    // The command's tests run the bundle, so it is built first.
    globalSetup: ['test/support/build.ts'],
    // Expected screens are written in UTC.
    env: { TZ: 'UTC' },
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
})
