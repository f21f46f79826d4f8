// Downloads the flags of the 20 most populous countries, all at once, and prints each country's code
// the moment its flag is there. Start a server first: `npx flaghoist serve LOCAL`.
import { download } from '../src/index.ts'; // in a project of your own: 'flaghoist'

const COUNTRIES = 'CN IN US ID BR PK NG BD RU JP MX PH VN ET EG DE IR TR CD FR'.split(' ');
const SITE = process.argv[2] ?? 'http://localhost:8001/flags';

const rows = COUNTRIES.map((code) => code.toLowerCase()).map((cc) => `${SITE}/${cc}/${cc}.gif`);
const startedAt = performance.now();
let downloaded = 0;

for await (const outcome of download(rows, { directory: 'downloads', maxRequests: 20 })) {
  if (outcome.status === 'ok') {
    process.stdout.write(`${COUNTRIES[outcome.item.index]} `);
    downloaded++;
  } else {
    console.error(`\n${outcome.item.url}: ${outcome.error?.detail ?? outcome.status}`);
  }
}

const seconds = ((performance.now() - startedAt) / 1000).toFixed(2);
console.log(`\n${downloaded} flags downloaded in ${seconds}s`);
