import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { endsIn, filesIn, get, serveSite } from './get-support.ts';
import { runFlaghoist } from './run-flaghoist.ts';

const TYPES: Readonly<Record<string, string>> = { gif: 'image/gif', html: 'text/html' };

// Two at a time: a test mostly waits for its process to start.
suite('get-accept', { concurrency: 2 }, () => {
  test('get --accept: fails files of another type, records the type, and sends Accept', async (t) => {
    const site = await serveSite(t, (path, response) => {
      const type = TYPES[path.split('.').at(-1) ?? ''];
      if (type !== undefined) response.setHeader('content-type', type);
      response.end(path.endsWith('gif') ? 'GIF89a' : 'body');
    });
    const directory = await temporaryDirectory(t);
    const urls = ['a.gif', 'b.html', 'c'].map((name) => `${site.url}/${name}`);
    const { code, stdout } = await get(
      ...['--json', '--accept', 'image/*', '--accept', 'audio/ogg,audio/flac'],
      ...['-d', directory, ...urls],
    );
    assert.equal(code, 1);
    assert.deepEqual(endsIn(stdout), ['ok', 'failed wrong-type', 'failed wrong-type']);
    // A wrong type is not tried again.
    assert.equal(site.seen.length, 3);
    assert.equal(site.seen[0]?.headers.accept, 'image/*, audio/ogg, audio/flac');
    assert.deepEqual(Object.keys(await filesIn(directory)), ['a.gif']);
    const report = await runFlaghoist(
      ...['report', directory, '--format', 'json', '--where', "contentType like 'text/%'"],
    );
    const [row] = report.stdout.split('\n').map((line) => JSON.parse(line || '{}'));
    assert.equal(row.url, `${site.url}/b.html`);
    assert.equal(row.contentType, 'text/html');
  });

  test("get --accept: an Accept header of the user's own is kept", async (t) => {
    const site = await serveSite(t, (_, response) => {
      response.setHeader('content-type', 'image/gif');
      response.end();
    });
    const directory = await temporaryDirectory(t);
    const { code } = await get(
      ...['--accept', 'image/*', '-H', 'Accept: image/gif', '-d', directory, `${site.url}/a`],
    );
    assert.equal(code, 0);
    assert.equal(site.seen[0]?.headers.accept, 'image/gif');
  });

  test('get --min-size: fails smaller files, with and without an announced length', async (t) => {
    const site = await serveSite(t, (path, response) => {
      if (path.startsWith('/announced')) response.setHeader('content-length', 4);
      response.write(path.endsWith('long') ? 'long enough' : 'abcd');
      response.end();
    });
    const directory = await temporaryDirectory(t);
    const urls = ['announced', 'chunked', 'long'].map((name) => `${site.url}/${name}`);
    const { code, stdout } = await get('--json', '--min-size', '5', '-d', directory, ...urls);
    assert.equal(code, 1);
    assert.deepEqual(endsIn(stdout), ['failed too-small', 'failed too-small', 'ok']);
    assert.deepEqual(Object.keys(await filesIn(directory)), ['long']);
  });

  test('get --accept: a text that is not a media type is wrong usage', async (t) => {
    const directory = await temporaryDirectory(t);
    const { code, stderr } = await get('--accept', 'pictures', '-d', directory, 'http://h/');
    assert.equal(code, 2);
    assert.match(stderr, /--accept TYPE: 'pictures' is not a media type, such as image\/png/);
  });
});
