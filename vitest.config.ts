import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/live/**', 'test/lab/**', 'test/terminal/**'],
    // The command's tests run the bundle, so it is built first.
    globalSetup: ['test/support/build.ts'],
    // What says something of types is read by the compiler too: there `expectTypeOf` can fail.
    typecheck: { enabled: true, include: ['test/**/types.test.ts', 'test/public-api.test.ts'] },
    // Expected screens are written in UTC.
    env: { TZ: 'UTC' },
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
})
