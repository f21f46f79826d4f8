/** The tables in which the runs of a fleet keep their limits together. */

/** What a schema needs that does not have them yet. @param schema its name, which needs no quotes */
export function limitTables(schema: string): string {
  return `
    -- A worker, which lives as long as it says so, and what it does at the moment.
    CREATE TABLE ${schema}.workers (
      id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      name          text NOT NULL,
      plan          int,
      state         jsonb NOT NULL,
      started_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
      beat_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
      expires_at    timestamptz NOT NULL
    ) WITH (fillfactor = 50);

    -- What is known about an origin. max_requests and rate are for the operator of a fleet: they hold in
    -- place of those that its runs were given.
    CREATE TABLE ${schema}.origins (
      origin        text PRIMARY KEY,
      max_requests  int CHECK (max_requests >= 1),
      rate          double precision CHECK (rate > 0),
      level         int NOT NULL DEFAULT 0,
      headroom      int NOT NULL DEFAULT 0,
      is_short      boolean NOT NULL DEFAULT false,
      claims        int NOT NULL DEFAULT 1,
      free          int NOT NULL DEFAULT 0,
      hold_until    timestamptz,
      prober        bigint,
      failing_since timestamptz,
      down_until    timestamptz,
      reason        text,
      message       text,
      changed_at    timestamptz NOT NULL DEFAULT clock_timestamp()
    ) WITH (fillfactor = 80);

    -- How many requests a run may have in flight to an origin. Only the run itself lowers that, or its end.
    CREATE TABLE ${schema}.leases (
      origin        text NOT NULL,
      worker        bigint NOT NULL,
      share         int NOT NULL,
      demand        int NOT NULL,
      PRIMARY KEY (origin, worker)
    ) WITH (fillfactor = 80);
    CREATE INDEX leases_by_worker ON ${schema}.leases (worker);

    CREATE FUNCTION ${schema}.limits_changed() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        new.changed_at := clock_timestamp();
        RETURN new;
      END $$;
    CREATE TRIGGER limits_changed BEFORE UPDATE OF max_requests, rate ON ${schema}.origins
      FOR EACH ROW EXECUTE FUNCTION ${schema}.limits_changed();`;
}
