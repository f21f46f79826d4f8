import { useMemo } from 'preact/hooks';
import type { ReportPage as Page } from '../../src/report/page/page-data.ts';
import { RowStore } from '../model/row-store.ts';
import { RunView } from './run-view.tsx';

/** A run that is over: all of it is in the file. */
export function ReportPage({ page }: { readonly page: Page }) {
  const rows = useMemo(() => new RowStore(page.rows).rows, [page]);
  const srcOf = useMemo(() => {
    const sources = new Map(page.pictures.map(({ row, src }) => [row, src]));
    return (place: number) => sources.get(place);
  }, [page]);
  return <RunView kind="report" state={page.state} rows={rows} srcOf={srcOf} />;
}
