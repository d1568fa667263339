import { defineConfig } from 'vitest/config'

/** Tests of the viewer in a real terminal, which tmux gives; without it they fail, and say so. */
export default defineConfig({
  test: {
    include: ['test/terminal/**/*.test.ts'],
    globalSetup: ['test/support/build.ts'],
    testTimeout: 90_000,
    hookTimeout: 120_000,
    // Each has a terminal and a viewer of its own.
    maxWorkers: 2,
  },
})
