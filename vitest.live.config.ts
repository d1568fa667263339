import { defineConfig } from 'vitest/config'

/** Tests that ask the installed tshark, tcpdump and kubectl; without them they fail, and say so. */
export default defineConfig({
  test: {
    include: ['test/live/**/*.test.ts'],
    globalSetup: ['test/support/build.ts'],
    env: { TZ: 'UTC' },
    testTimeout: 300_000,
    hookTimeout: 120_000,
  },
})
