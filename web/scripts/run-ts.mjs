// Runs one TypeScript file of this folder through Vite, so that scripts can
// share code with the viewer on any Node that Vite supports.
import { runnerImport } from 'vite';

const [file, ...rest] = process.argv.slice(2);
const { module } = await runnerImport(`./${file}`, { configFile: false, logLevel: 'error' });
await module.main(rest);
