import { render } from 'preact';
import type { PageData } from '../src/report/page/page-data.ts';
import { ComparePage } from './view/compare-page.tsx';
import { Empty } from './view/empty.tsx';
import { FleetPage } from './view/fleet-page.tsx';
import { LivePage } from './view/live-page.tsx';
import { ReportPage } from './view/report-page.tsx';

const page = document.getElementById('page');
const data = document.getElementById('page-data');
if (page !== null) render(<Page data={read(data?.textContent ?? '')} />, page);
// Its text is not needed any more, and may be 30 MB.
data?.remove();

function Page({ data }: { readonly data: PageData | undefined }) {
  if (data === undefined) return <Empty />;
  if (data.kind === 'report') return <ReportPage page={data} />;
  if (data.kind === 'compare') return <ComparePage page={data} />;
  if (data.kind === 'fleet') return <FleetPage />;
  return <LivePage />;
}

/** Undefined for a page without data. */
function read(text: string): PageData | undefined {
  return text.trim() === '' ? undefined : (JSON.parse(text) as PageData);
}
