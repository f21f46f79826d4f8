export function Empty() {
  return (
    <main class="empty">
      <h1>flaghoist</h1>
      <p>
        This page has nothing to show yet. <code>flaghoist report DIR --format html</code> makes one
        of a run, <code>flaghoist get … --dashboard</code> shows it while it is under way.
      </p>
    </main>
  );
}
