/** The tests that drive a real browser against the built product: `npm run test:browser`. */
module.exports = {
  rootDir: '../..',
  testMatch: ['<rootDir>/test/browser/**/*.test.ts'],
  transform: { '^.+\\.ts$': '@swc/jest' },
  // Starting the product with an empty data directory creates a database.
  testTimeout: 90_000,
};
