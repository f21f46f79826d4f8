/** The shortest page that data can be filled into. It stands in for the real one, which has to be built. */
export const STAND_IN_PAGE = `<!doctype html>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; connect-src 'self'">
<title>stand-in</title>
<script type="application/json" id="page-data"></script>
`;

/** The data that was filled into a page. */
export function dataIn(page: string): unknown {
  const [, json] =
    /<script type="application\/json" id="page-data">(.*?)<\/script>/s.exec(page) ?? [];
  return JSON.parse(json ?? '');
}
