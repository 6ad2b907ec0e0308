// Adds up what Jest counted. A run without a result, without a test or with a failed step has failed.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = process.argv[2];
let [passed, failed] = [0, existsSync(join(folder, 'failed-step')) ? 1 : 0];
for (const name of ['tests.json', 'browser.json']) {
  const path = join(folder, name);
  const result = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
  if (!result || result.numPassedTests === 0 || result.numPendingTests + result.numTodoTests > 0) failed++;
  passed += result?.numPassedTests ?? 0;
  failed += result?.numFailedTests ?? 0;
  if (result && !result.success && result.numFailedTests === 0) failed++;
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
