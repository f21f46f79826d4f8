/** A page as short as can be that data can be filled into; the real one is built. */
export const STAND_IN_PAGE = `<!doctype html>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; connect-src 'self'">
<title>stand-in</title>
<script type="application/json" id="page-data"></script>
`;

/** What was filled into a page. */
export function dataIn(page: string): unknown {
  const [, json] =
    /<script type="application\/json" id="page-data">(.*?)<\/script>/s.exec(page) ?? [];
  return JSON.parse(json ?? '');
}
